from data.migrations.plain import run_file

revision = "0075"
down_revision = "0041"


def upgrade() -> None:
    run_file("migrations/0075_control_lists")
