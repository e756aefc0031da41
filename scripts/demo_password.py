"""Keeps the printed password true: a new DEMO_PASSWORD counts for all demo sign-ins from the next start on.

A password somebody changed in the product stays, as long as DEMO_PASSWORD does.
"""

from auth.passwords import Passwords
from data.engine import Database
from data.installation import load_fact, save_fact
from data.people import load_user_by_email
from data.sign_ins import save_password_hash
from demo.teams import USERS

APPLIED = "demo_password_hash"


def apply_password(jobs: Database, password: str, passwords: Passwords | None = None) -> bool:
    """Give every demo user ``password`` unless it is the one given last; answers whether anything changed."""
    passwords = passwords or Passwords()
    with jobs.transaction() as connection:
        if passwords.is_right(password, load_fact(connection, APPLIED)):
            return False
        password_hash = passwords.hash_as_given(password)
        for sign_in in USERS:
            user = load_user_by_email(connection, sign_in.email)
            if user is not None:
                save_password_hash(connection, user.id, password_hash)
        save_fact(connection, APPLIED, password_hash)
    return True
