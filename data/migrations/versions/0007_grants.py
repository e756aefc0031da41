from data.migrations.plain import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_file("policies/0007_grants")
