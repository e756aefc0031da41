from data.migrations.plain import run_file

revision = "0095"
down_revision = "0090"


def upgrade() -> None:
    run_file("migrations/0095_facebook_reading_wishes")
