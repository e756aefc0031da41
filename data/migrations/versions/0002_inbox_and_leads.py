from data.migrations.plain import run_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_file("migrations/0002_inbox_and_leads")
