"""Links that let a person set a password: the invitation of a new user, the reset of a forgotten password.

Invariant: the database knows a hash of the token only. The token follows from the link's id by a keyed hash, so a
message in the outbox names the link (``core/one_time_links.py``), and only whoever sends it makes an address of it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from auth.audit import Action, record
from auth.cookies import hash_key
from auth.passwords import Passwords
from auth.sign_in import auth_parts, clean_email, mask_email
from core.one_time_links import INVITATION, RESET, link_address, link_mark, link_token
from core.texts import current_locale, set_locale, t
from data.account_links import begin_link, load_open_link, save_link_hash, use_link
from data.api_tokens import revoke_tokens
from data.engine import AUTH, web_database
from data.notices import queue_mail
from data.queries import run
from data.sessions import end_sessions
from data.sign_ins import save_password_hash

LIFETIME_SECONDS = {INVITATION: 7 * 86_400, RESET: 3600}


@dataclass(frozen=True)
class NewLink:
    """A link, complete: to be shown once."""

    address: str
    expires_at: datetime


def make_link(connection: Connection, kind: str, user_id: str, *, created_by: str) -> NewLink | None:
    """A link for an active user, by an admin who passes it on; ``None`` when there is no such user."""
    begun = begin_link(connection, kind=kind, user_id=user_id, created_by=created_by,
                       lifetime_seconds=LIFETIME_SECONDS[kind])
    if begun is None:
        return None
    settings = auth_parts().settings
    link_id, expires_at = begun
    save_link_hash(connection, link_id, hash_key(link_token(settings, link_id)))
    record(connection, Action.LINK_MADE, user_id=created_by, object_type="user", object_id=user_id,
           after={"kind": kind})
    return NewLink(link_address(settings, kind, link_id), expires_at)


def mail_link(connection: Connection, kind: str, user_id: str, *, created_by: str) -> bool:
    """Queue the mail with a link for an active user, by an admin; ``False`` when there is no such user."""
    begun = begin_link(connection, kind=kind, user_id=user_id, created_by=created_by,
                       lifetime_seconds=LIFETIME_SECONDS[kind])
    rows = run(connection, "auth/user_by_id", user_id=user_id)
    if begun is None or not rows:
        return False
    link_id = begun[0]
    save_link_hash(connection, link_id, hash_key(link_token(auth_parts().settings, link_id)))
    subject, body = _mail(kind, rows[0]["locale"], link_id)
    queue_mail(connection, key=f"{kind}:{link_id}", user_id=user_id, recipient=rows[0]["email"], subject=subject,
               body=body)
    record(connection, Action.LINK_MADE, user_id=created_by, object_type="user", object_id=user_id,
           after={"kind": kind, "by": "mail"})
    return True


def request_reset(email: str) -> None:
    """Queue the mail with a reset link, if the address is somebody's. The same work is done if it is not."""
    email, settings = clean_email(email), auth_parts().settings
    with web_database().transaction(AUTH) as connection:
        rows = run(connection, "auth/user_by_email", email=email)
        user = rows[0] if rows and rows[0]["is_active"] else None
        begun = begin_link(connection, kind=RESET, user_id=str(user["user_id"]) if user else None, created_by=None,
                           lifetime_seconds=LIFETIME_SECONDS[RESET])
        if begun is None:
            user = None
        link_id = begun[0] if begun else None
        save_link_hash(connection, link_id, hash_key(link_token(settings, link_id or "nobody")))
        subject, body = _mail(RESET, user["locale"] if user else settings.default_locale, link_id or "nobody")
        queue_mail(connection, key=f"reset:{link_id or 'nobody'}", user_id=str(user["user_id"]) if user else None,
                   recipient=email, subject=subject, body=body)
        record(connection, Action.LINK_REQUESTED, object_type="user",
               object_id=str(user["user_id"]) if user else mask_email(email))


def _mail(kind: str, locale: str, link_id: str) -> tuple[str, str]:
    """Subject and body in the language of whoever gets it."""
    before = current_locale()
    set_locale(locale)
    try:
        return t(f"mail.{kind}.subject"), t(f"mail.{kind}.body", link=link_mark(kind, link_id))
    finally:
        set_locale(before)


def find_link(kind: str, token: str) -> str | None:
    """The address of the person whose password a link may set; ``None`` when it is worth nothing (any more)."""
    with web_database().transaction(AUTH, read_only=True) as connection:
        link = load_open_link(connection, hash_key(token))
    return link.email if link is not None and link.kind == kind else None


def set_password(kind: str | None, token: str, password: str) -> bool:
    """Use a link up; everything signed in as its user ends. ``False`` when the link is worth nothing.

    ``kind`` ``None`` takes either. Raises: PasswordRefused.
    """
    passwords: Passwords = auth_parts().passwords
    with web_database().transaction(AUTH, read_only=True) as connection:
        link = load_open_link(connection, hash_key(token))
    if link is None or kind not in (None, link.kind):
        return False
    new_hash = passwords.hash(password, email=link.email)
    with web_database().transaction(AUTH) as connection:
        if not use_link(connection, link.id):
            return False
        save_password_hash(connection, link.user_id, new_hash)
        end_sessions(connection, link.user_id)
        revoke_tokens(connection, link.user_id)
        record(connection, Action.LINK_USED, user_id=link.user_id, object_type="user", object_id=link.user_id,
               after={"kind": link.kind})
        record(connection, Action.PASSWORD_CHANGED, user_id=link.user_id, object_type="user", object_id=link.user_id)
    return True
