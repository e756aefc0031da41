from data.migrations.plain import run_file

revision = "0087"
down_revision = "0086"


def upgrade() -> None:
    run_file("migrations/0087_won_stages")
