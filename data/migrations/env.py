"""Alembic's environment: one migrator at a time, group roles first, then a transaction per revision."""

from alembic import context

from data.migrate import prepare

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("migrations run through data.migrate: python -m data.migrate")
prepare(connection)
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
