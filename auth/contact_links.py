"""Proving that an address is one's own: a mail with a link, a code that is given to the Telegram bot."""

import secrets

from sqlalchemy import Connection

from auth.audit import Action, record
from auth.sign_in import auth_parts
from core.one_time_links import CONFIRMATION, hash_token, link_mark, link_token
from core.texts import locale, t
from data.contact_confirmations import (
    OpenConfirmation,
    begin_confirmation,
    load_open_confirmation,
    save_confirmation_hash,
    use_confirmation,
)
from data.engine import AUTH, web_database
from data.outbox import EMAIL, TELEGRAM, queue_message
from data.user_settings import confirm_email

EMAIL_SECONDS = 86_400
TELEGRAM_SECONDS = 1800


def ask_for_email(connection: Connection, user_id: str, address: str, language: str) -> bool:
    """Queue the mail by which an address is confirmed; ``False`` when the person asks too often."""
    confirmation_id = begin_confirmation(connection, user_id, EMAIL, address, EMAIL_SECONDS)
    if confirmation_id is None:
        return False
    save_confirmation_hash(connection, confirmation_id,
                           hash_token(link_token(auth_parts().settings, confirmation_id)))
    with locale(language):
        queue_message(connection, f"confirm:{confirmation_id}", user_id, EMAIL, address, t("mail.confirm.subject"),
                      t("mail.confirm.body", link=link_mark(CONFIRMATION, confirmation_id)), keeps_quiet=False)
    return True


def new_bot_code(connection: Connection, user_id: str) -> str | None:
    """A code to start the bot with, shown this once; ``None`` when the person asks too often."""
    confirmation_id = begin_confirmation(connection, user_id, TELEGRAM, "", TELEGRAM_SECONDS)
    if confirmation_id is None:
        return None
    code = secrets.token_urlsafe(24)
    save_confirmation_hash(connection, confirmation_id, hash_token(code))
    return code


def find_address(token: str) -> OpenConfirmation | None:
    """What a link would confirm; ``None`` when it is worth nothing (any more)."""
    with web_database().transaction(AUTH, read_only=True) as connection:
        return load_open_confirmation(connection, EMAIL, hash_token(token))


def confirm_address(token: str) -> bool:
    """Use a link up: mails go to its address from now on. ``False`` when it is worth nothing."""
    with web_database().transaction(AUTH) as connection:
        found = load_open_confirmation(connection, EMAIL, hash_token(token))
        if found is None or not use_confirmation(connection, found.id):
            return False
        confirm_email(connection, found.user_id, found.address)
        record(connection, Action.CONTACT_CONFIRMED, user_id=found.user_id, object_type="user",
               object_id=found.user_id, after={"channel": EMAIL})
    return True
