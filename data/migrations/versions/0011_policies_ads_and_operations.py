from data.migrations.plain import run_file

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_file("policies/0011_ads_and_operations")
