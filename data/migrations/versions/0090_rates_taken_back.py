from data.migrations.plain import run_file

revision = "0090"
down_revision = "0087"


def upgrade() -> None:
    run_file("migrations/0090_rates_taken_back")
