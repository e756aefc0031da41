from data.migrations.plain import run_file

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    run_file("migrations/0066_api_tokens")
