from data.migrations.plain import run_file

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    run_file("policies/0061_facebook_ads")
