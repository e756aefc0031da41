from data.migrations.plain import run_file

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    run_file("migrations/0064_currency_rates")
