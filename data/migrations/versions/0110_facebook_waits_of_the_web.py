from data.migrations.plain import run_file

revision = "0110"
down_revision = "0101"


def upgrade() -> None:
    run_file("policies/0110_facebook_waits_of_the_web")
