from data.migrations.plain import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_file("policies/0006_grants")
