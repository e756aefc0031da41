from data.migrations.plain import run_file

revision = "0075"
down_revision = "0072"


def upgrade() -> None:
    run_file("migrations/0075_control_lists")
