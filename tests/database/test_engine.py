"""Every transaction has a role and a viewer, and neither outlives it."""

from sqlalchemy import text

from data.engine import SYSTEM, Database


def test_a_transaction_takes_its_role_and_viewer(db_web: Database) -> None:
    with db_web.transaction(SYSTEM) as connection:
        row = connection.execute(text("SELECT current_user, current_setting('app.viewer')")).one()
    assert tuple(row) == ("traffic_app", "system")
