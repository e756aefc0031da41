from data.migrations.plain import run_file

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    run_file("migrations/0032_identity")
