from data.migrations.plain import run_file

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_file("policies/0009_people")
