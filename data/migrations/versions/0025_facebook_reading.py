from data.migrations.plain import run_file

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_file("policies/0025_facebook_reading")
