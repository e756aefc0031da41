from data.migrations.plain import run_file

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_file("migrations/0022_campaign_periods")
