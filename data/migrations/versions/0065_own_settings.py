from data.migrations.plain import run_file

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    run_file("migrations/0065_own_settings")
