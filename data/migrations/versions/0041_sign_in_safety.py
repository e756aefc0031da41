from data.migrations.plain import run_file

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    run_file("migrations/0041_sign_in_safety")
