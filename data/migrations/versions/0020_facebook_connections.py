from data.migrations.plain import run_file

revision = "0020"
down_revision = "0011"


def upgrade() -> None:
    run_file("migrations/0020_facebook_connections")
