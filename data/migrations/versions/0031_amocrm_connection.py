from data.migrations.plain import run_file

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    run_file("migrations/0031_amocrm_connection")
