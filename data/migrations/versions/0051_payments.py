from data.migrations.plain import run_file

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    run_file("migrations/0051_payments")
