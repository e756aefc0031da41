from data.migrations.plain import run_file

revision = "0072"
down_revision = "0071"


def upgrade() -> None:
    run_file("policies/0072_claims_and_merges")
