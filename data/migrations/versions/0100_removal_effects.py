from data.migrations.plain import run_file

revision = "0100"
down_revision = "0095"


def upgrade() -> None:
    run_file("migrations/0100_removal_effects")
