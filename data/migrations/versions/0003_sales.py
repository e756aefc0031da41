from data.migrations.plain import run_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_file("migrations/0003_sales")
