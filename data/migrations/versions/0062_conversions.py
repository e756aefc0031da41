from data.migrations.plain import run_file

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    run_file("migrations/0062_conversions")
