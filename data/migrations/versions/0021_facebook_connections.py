from data.migrations.plain import run_file

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_file("policies/0021_facebook_connections")
