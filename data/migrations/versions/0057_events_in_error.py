from data.migrations.plain import run_file

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    run_file("migrations/0057_events_in_error")
