from data.migrations.plain import run_file

revision = "0030"
down_revision = "0025"


def upgrade() -> None:
    run_file("migrations/0030_attribution")
