from data.migrations.plain import run_file

revision = "0060"
down_revision = "0057"


def upgrade() -> None:
    run_file("migrations/0060_facebook_ads")
