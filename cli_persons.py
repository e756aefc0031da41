"""Commands about one person outside: what is held of them, and its erasure; only cli.py imports this module."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

import click
import orjson
from flask.cli import AppGroup
from sqlalchemy import Connection

from auth.audit import Action, record
from core.phones import normalize_email, normalize_phone
from core.settings import Settings
from data.persons import SharedMark, load_person
from jobs.context import JobContext
from jobs.erase_person import Erased, erase_person

SHARED = "Too many people share this phone or e-mail: it is nobody's own."
Opening = Callable[[Settings], AbstractContextManager[JobContext]]


def person_commands(settings: Settings, open_context: Opening) -> AppGroup:
    """``persons export`` and ``persons erase``."""
    persons = AppGroup("persons", help="What is held of one person outside.")
    who = (click.option("--phone", help="A phone of the person."), click.option("--email", help="An e-mail address."))

    @persons.command("export")
    @who[0]
    @who[1]
    def export(phone: str | None, email: str | None) -> None:
        """Write everything that is held of a person to standard output, as JSON."""
        phone, email = _marks(phone, email)
        with open_context(settings) as context, context.database.transaction() as connection:
            try:
                held = load_person(connection, phone=phone, email=email)
            except SharedMark as error:
                raise click.ClickException(SHARED) from error
            record(connection, Action.PERSON_EXPORTED, object_type="person",
                   after={"rows": {table: len(rows) for table, rows in held.items()}})
        click.echo(orjson.dumps(held, option=orjson.OPT_INDENT_2).decode())

    @persons.command("erase")
    @who[0]
    @who[1]
    @click.option("--confirm", prompt="Type the phone or the e-mail again; this cannot be undone",
                  help="The same phone or e-mail once more.")
    def erase(phone: str | None, email: str | None, confirm: str) -> None:
        """Erase a person for good; figures and attribution stay as they are."""
        phone, email = _marks(phone, email)
        if not ({phone, email} - {None}) & {normalize_phone(confirm), normalize_email(confirm)}:
            raise click.ClickException("That is neither the phone nor the e-mail; nothing was erased.")
        with open_context(settings) as context:
            try:
                done = erase_person(context, phone=phone, email=email, note=_note)
            except SharedMark as error:
                raise click.ClickException(SHARED) from error
        if not any(vars(done).values()):
            click.echo("Nobody is known by it.")
            sys.exit(1)
        click.echo(f"Erased: {done.contacts} contacts, {done.leads} leads, names of {done.deals} deals,"
                   f" {done.bodies} raw bodies. Erase the person in amoCRM too.")

    return persons


def _marks(phone: str | None, email: str | None) -> tuple[str | None, str | None]:
    found = normalize_phone(phone), normalize_email(email)
    if not any(found):
        raise click.ClickException("Name the person by --phone or --email.")
    return found


def _note(connection: Connection, done: Erased) -> None:
    record(connection, Action.PERSON_ERASED, object_type="person", after={"rows": vars(done)})
