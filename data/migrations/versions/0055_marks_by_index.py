from data.migrations.plain import run_file

revision = "0055"
down_revision = "0051"


def upgrade() -> None:
    run_file("migrations/0055_marks_by_index")
