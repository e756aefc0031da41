from data.migrations.plain import run_file

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    run_file("policies/0063_conversions")
