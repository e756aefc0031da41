"""Management commands: ``flask --app app <command>``; only app.py imports this module."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import Connection

from auth.audit import Action, record
from auth.encryption import Cipher
from auth.passwords import Passwords
from auth.second_factor import PURPOSE as FACTOR_PURPOSE
from cli_persons import person_commands
from cli_teams import team_commands
from core.business_time import BusinessCalendar
from core.records import DateRange, Role
from core.settings import Settings
from data.amocrm_connection import PURPOSE_ACCESS, PURPOSE_REFRESH
from data.audit import find_broken_links, load_head
from data.conversions import TOKEN_PURPOSE as CONVERSIONS_PURPOSE
from data.engine import Database, DatabaseAway, Viewer
from data.facebook_connections import TOKEN_PURPOSE
from data.migrate import MigrationError, upgrade
from data.people import PeopleError, create_user, load_teams
from data.stored_secrets import (
    load_amocrm_secret,
    load_conversion_tokens,
    load_factor_secrets,
    load_tokens,
    replace_amocrm_secret,
    replace_conversion_token,
    replace_factor_secret,
    replace_token,
)
from demo_loading import DemoLoading
from jobs.context import JobContext
from jobs.recalculate_stats import recalculate_days, recalculate_stats
from jobs.rerun_attribution import join_everybody, rerun_attribution

StoredSecrets = tuple[str, tuple[tuple[str, str, bytes], ...], Callable[[Connection, str, bytes], None]]


def add_commands(server: Flask, settings: Settings) -> None:
    """Register every command on the server."""
    for group in (_users(settings), _database(settings), _demo(settings), _attribution(settings), _stats(settings),
                  _keys(settings), _audit(settings), person_commands(settings, job_context),
                  team_commands(settings, job_context)):
        server.cli.add_command(group)


@contextmanager
def job_context(settings: Settings) -> Iterator[JobContext]:
    """The surroundings of a job for the time of a command. A database that is away is said in one sentence."""
    database = Database.for_jobs(settings)
    try:
        yield JobContext(settings, database, Cipher(settings.encryption_keys),
                         BusinessCalendar(settings.business_timezone))
    except DatabaseAway as error:
        raise click.ClickException("The database does not answer.") from error
    finally:
        database.dispose()


def _users(settings: Settings) -> AppGroup:
    users = AppGroup("users", help="Users of the product.")

    @users.command("create")
    @click.option("--email", required=True, help="Address to sign in with.")
    @click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
    @click.option("--team", help="Slug of the team; a targetologist needs one.")
    @click.option("--name", default="", help="Full name.")
    @click.option("--locale", default="ru", type=click.Choice(["ru", "en", "kk"]))
    @click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
    def create(email: str, role: str, team: str | None, name: str, locale: str, password_stdin: bool) -> None:
        """Create a user."""
        password = sys.stdin.readline().rstrip("\r\n")
        try:
            address = _create_user(settings, email, Role(role), team, name, locale, password)
        except (PeopleError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        except DatabaseAway as error:
            raise click.ClickException("The database does not answer.") from error
        click.echo(f"{address} can sign in as {role}.")

    return users


def _create_user(
    settings: Settings, email: str, role: Role, team: str | None, name: str, locale: str, password: str
) -> str:
    """Save a user with an entry of the audit log; the address as stored. Raises: PeopleError, ValueError."""
    password_hash = Passwords().hash(password)
    database = Database.for_web(settings)
    try:
        with database.transaction(Viewer(Role.ADMIN.value)) as connection:
            team_id = None
            if team is not None:
                team_id = next((one.id for one in load_teams(connection) if one.slug == team.lower()), None)
                if team_id is None:
                    raise ValueError(f"There is no team {team}.")
            user = create_user(connection, email=email, password_hash=password_hash, role=role, team_id=team_id,
                               full_name=name, locale=locale)
            record(connection, Action.USER_CREATED, object_type="user", object_id=user.id,
                   after={"email": user.email, "role": role.value, "team": team})
    finally:
        database.dispose()
    return user.email


def _database(settings: Settings) -> AppGroup:
    database = AppGroup("db", help="The database.")

    @database.command("upgrade")
    def upgrade_schema() -> None:
        """Bring the schema to the revision of this code."""
        try:
            upgrade(settings.database_owner_url)
        except MigrationError as error:
            raise click.ClickException(str(error)) from error
        click.echo("The schema is current.")

    return database


def _demo(settings: Settings) -> AppGroup:
    demo = AppGroup("demo", help="The invented company.")

    @demo.command("load")
    def load() -> None:
        """Send the demo company through the intake of the running product; run again, it goes on."""
        with job_context(settings) as context:
            DemoLoading(context, Passwords()).run()

    return demo


def _attribution(settings: Settings) -> AppGroup:
    attribution = AppGroup("attribution", help="Which team a lead, sale or campaign belongs to.")

    @attribution.command("rerun")
    @click.option("--join-persons", is_flag=True, help="First join contacts, phones and addresses anew into people.")
    def rerun(join_persons: bool) -> None:
        """Attribute everything anew by the rules of now; what was assigned by hand stays."""
        with job_context(settings) as context:
            if join_persons:
                click.echo(f"Deals of people joined otherwise: {join_everybody(context)}.")
            moved = rerun_attribution(context)
            days = recalculate_stats(context)
        click.echo(f"Moved: {moved.campaigns} campaigns, {moved.leads} leads. Deals settled again: {moved.deals}."
                   f" Days calculated again: {days}.")

    return attribution


def _stats(settings: Settings) -> AppGroup:
    stats = AppGroup("stats", help="The calculated statistics.")

    @stats.command("recalculate")
    @click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day; the first there is.")
    @click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day, included; the last there is.")
    def recalculate(first: date | None, last: date | None) -> None:
        """Calculate days anew from their sources."""
        with job_context(settings) as context:
            days = recalculate_days(context, _window(first, last))
        click.echo(f"Days calculated again: {days}.")

    return stats


def _keys(settings: Settings) -> AppGroup:
    keys = AppGroup("keys", help="The keys of stored secrets.")

    @keys.command("rotate")
    def rotate() -> None:
        """Encrypt every stored secret with the newest of ENCRYPTION_KEYS; afterwards the others may go."""
        cipher = Cipher(settings.encryption_keys)
        with job_context(settings) as context, context.database.transaction() as connection:
            changed = known = 0
            for purpose, stored, replace in _stored_secrets(connection):
                known += len(stored)
                for place, owner, sealed in stored:
                    fresh = cipher.rotate(purpose, owner, sealed)
                    if fresh is not None:
                        replace(connection, place, fresh)
                        changed += 1
            record(connection, Action.KEYS_ROTATED, object_type="keys", object_id=cipher.newest_key_id,
                   after={"changed": changed})
        click.echo(f"Encrypted anew: {changed} of {known} secrets.")

    return keys


def _stored_secrets(connection: Connection) -> tuple[StoredSecrets, ...]:
    """Everything that is encrypted, kind by kind: its purpose, the secrets, and how one is replaced."""
    return (
        (TOKEN_PURPOSE, load_tokens(connection), replace_token),
        (FACTOR_PURPOSE, load_factor_secrets(connection), replace_factor_secret),
        (CONVERSIONS_PURPOSE, load_conversion_tokens(connection), replace_conversion_token),
        (PURPOSE_ACCESS, load_amocrm_secret(connection, "access_token"), replace_amocrm_secret),
        (PURPOSE_REFRESH, load_amocrm_secret(connection, "refresh_token"), replace_amocrm_secret),
    )


def _audit(settings: Settings) -> AppGroup:
    audit = AppGroup("audit", help="The audit log.")

    @audit.command("verify")
    @click.option("--anchor", help="SEQ:HASH printed by an earlier run: the log must still contain that state.")
    def verify(anchor: str | None) -> None:
        """Check every entry against its chain; exit code 1 when one was changed, removed or added."""
        seq, _, expected = (anchor or "").partition(":")
        if anchor and not (seq.isdecimal() and 0 < len(seq) < 19 and expected):
            raise click.BadParameter("an anchor is written SEQ:HASH", param_hint="--anchor")
        with job_context(settings) as context, context.database.transaction(read_only=True) as connection:
            broken, head = find_broken_links(connection), load_head(connection)
            noted = load_head(connection, int(seq)) if anchor else None
        for place in broken:
            click.echo(f"Entry {place.entry_id}: {place.reason}.", err=True)
        if anchor and (noted is None or noted.hash != expected.strip().lower()):
            click.echo(f"The log does not contain the state {seq} that was noted.", err=True)
            sys.exit(1)
        if broken:
            sys.exit(1)
        click.echo("The log is empty." if head is None else f"Entries: {head.seq}. Anchor: {head.seq}:{head.hash}")

    return audit


def _window(first: date | None, last: date | None) -> DateRange | None:
    """Days out of what the options give, which are times at midnight; without any of them every day."""
    if first is None and last is None:
        return None
    begin, end = first or date.min, last or date.max
    return DateRange(date(begin.year, begin.month, begin.day), date(end.year, end.month, end.day))
