from data.migrations.plain import run_file

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_file("policies/0023_campaign_periods")
