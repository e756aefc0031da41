from data.migrations.plain import run_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_file("policies/0010_facts")
