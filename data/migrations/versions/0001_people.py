from data.migrations.plain import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_file("migrations/0001_people")
