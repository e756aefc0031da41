"""Management commands: ``flask --app app <command>``; only app.py imports this module."""

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from auth.audit import Action, record
from auth.passwords import Passwords
from core.records import Role
from core.settings import Settings
from data.engine import Database, Viewer
from data.migrate import upgrade
from data.people import PeopleError, create_user, load_teams


def add_commands(server: Flask, settings: Settings) -> None:
    """Register every command on the server."""
    for group in (_users(settings), _db(settings)):
        server.cli.add_command(group)


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
            password_hash = Passwords().hash(password)
            with Database.for_web(settings).transaction(Viewer(Role.ADMIN.value)) as connection:
                team_id = None
                if team is not None:
                    team_id = next((one.id for one in load_teams(connection) if one.slug == team.lower()), None)
                    if team_id is None:
                        raise click.ClickException(f"There is no team {team}.")
                user = create_user(connection, email=email, password_hash=password_hash, role=Role(role),
                                   team_id=team_id, full_name=name, locale=locale)
                record(connection, Action.USER_CREATED, object_type="user", object_id=user.id,
                       after={"email": user.email, "role": role, "team": team})
        except (PeopleError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{user.email} can sign in as {role}.")

    return users


def _db(settings: Settings) -> AppGroup:
    database = AppGroup("db", help="The database.")

    @database.command("upgrade")
    def upgrade_schema() -> None:
        """Bring the schema to the revision of this code."""
        upgrade(settings.database_owner_url)
        click.echo("The schema is current.")

    return database
