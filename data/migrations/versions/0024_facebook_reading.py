from data.migrations.plain import run_file

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_file("migrations/0024_facebook_reading")
