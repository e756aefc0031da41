from data.migrations.plain import run_file

revision = "0085"
down_revision = "0080"


def upgrade() -> None:
    run_file("migrations/0085_imports")
