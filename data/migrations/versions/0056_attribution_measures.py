from data.migrations.plain import run_file

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    run_file("migrations/0056_attribution_measures")
