from data.migrations.plain import run_file

revision = "0101"
down_revision = "0100"


def upgrade() -> None:
    run_file("policies/0101_cheap_question_first")
