from data.migrations.plain import run_file

revision = "0070"
down_revision = "0066"


def upgrade() -> None:
    run_file("migrations/0070_people_versions")
