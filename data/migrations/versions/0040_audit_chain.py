from data.migrations.plain import run_file

revision = "0040"
down_revision = "0032"


def upgrade() -> None:
    run_file("migrations/0040_audit_chain")
