from data.migrations.plain import run_file

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_file("policies/0008_row_security")
