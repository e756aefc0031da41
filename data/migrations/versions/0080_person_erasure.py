from data.migrations.plain import run_file

revision = "0080"
down_revision = "0075"


def upgrade() -> None:
    run_file("migrations/0080_person_erasure")
