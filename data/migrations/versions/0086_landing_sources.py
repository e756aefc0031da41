from data.migrations.plain import run_file

revision = "0086"
down_revision = "0085"


def upgrade() -> None:
    run_file("migrations/0086_landing_sources")
