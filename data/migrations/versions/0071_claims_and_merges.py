from data.migrations.plain import run_file

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    run_file("migrations/0071_claims_and_merges")
