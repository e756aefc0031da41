from data.migrations.plain import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_file("migrations/0006_report_figures")
