"""Loads the demo company into the running product: seeds by the database, everything else by its own doors.

Invariant: it writes only into a database that the demo created, and may be broken off and run again: what is stored
already is stored once. A starting file beside cli.py: it knows the demo as well as the product.
"""

import time
from collections.abc import Callable

import click
from sqlalchemy import Connection

from auth.passwords import Passwords
from core.records import DateRange, Team
from data.ads import link_accounts, select_accounts
from data.currency_rates import CurrencyRate, save_currency_rates
from data.facebook_connections import TOKEN_PURPOSE, NewConnection, save_connection
from data.freshness import bump
from data.installation import ForeignDatabase, check_demo
from data.people import User, create_team, create_user, load_teams, load_users
from data.rates import save_rates
from data.rule_rows import save_alias, save_binding
from data.webhook_log import count_waiting
from demo.graph_sign_in import SCOPES, person_of
from demo.load import IntakeSecrets, LoadError, ProgressBar, post_bodies
from demo.rates import SOURCE
from demo.world import SeedRows, World, make_world
from jobs.context import JobContext
from jobs.learn_effects import learn_removal_effects
from jobs.process_inbox import process_inbox
from jobs.recalculate_stats import recalculate_stats
from jobs.sync_facebook import sync_facebook

BATCH = 1000
CONNECTIONS = 12   # several wait for the disk together: one flush commits them all
PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 300.0


class DemoLoading:
    """One load, in steps that each say what they do."""

    def __init__(self, context: JobContext, passwords: Passwords) -> None:
        self._context = context
        self._passwords = passwords
        self._settings = context.settings

    def run(self) -> None:
        """Seed, read the advertising, send every request, wait until all is counted. Raises: ClickException."""
        started = time.monotonic()
        if not self._settings.demo or self._settings.demo_now is None or not self._settings.demo_password:
            raise click.ClickException("The demo company is loaded in demo mode only (DEMO=1).")
        click.echo("Inventing a company …", err=True)
        world = self._make_world()
        try:
            with self._context.database.transaction() as connection:
                check_demo(connection)
                if not load_teams(connection):
                    self.seed(connection, world.seed_rows(), self._settings.demo_password)
                    bump(connection)
            click.echo("Reading its advertising …", err=True)
            sync_facebook(self._context, DateRange(world.first_day, world.today))
            self._send(world)
        except (ForeignDatabase, LoadError) as error:
            raise click.ClickException(str(error)) from error
        self._drain()
        recalculate_stats(self._context)
        learn_removal_effects(self._context)
        click.echo(f"The demo company is complete after {time.monotonic() - started:.0f} s.", err=True)

    def _make_world(self) -> World:
        settings, moment = self._settings, self._settings.demo_now
        if moment is None:
            raise ValueError("demo mode fixes the moment its history ends at")
        return make_world(today=self._context.calendar.day_of(moment), now=moment, leads=settings.demo_leads,
                          zone=settings.business_timezone)

    def seed(self, connection: Connection, seeds: SeedRows, password: str) -> None:
        """Store what the company stands on before its first event; all sign-ins share one password."""
        teams = {one.slug: create_team(connection, name=one.name, slug=one.slug, color=one.color, emoji=one.emoji,
                                       utm_source=one.utm_source, utm_medium=one.utm_medium) for one in seeds.teams}
        password_hash = self._passwords.hash_as_given(password)
        for one in seeds.users:
            create_user(connection, email=one.email, password_hash=password_hash, role=one.role,
                        full_name=one.full_name, locale=one.locale,
                        team_id=teams[one.team_slug].id if one.team_slug else None)
        _save_rules(connection, seeds, teams)
        save_rates(connection, seeds.rates)
        save_currency_rates(connection, [CurrencyRate(code, day, value, SOURCE)
                                         for day, told in seeds.other_rates.items() for code, value in told.items()])
        for user in load_users(connection):
            self._connect(connection, seeds, user)

    def _connect(self, connection: Connection, seeds: SeedRows, user: User) -> None:
        """Give a targetologist the accounts and the token by which they are read."""
        own = [one for one in seeds.accounts if one.owner_email == user.email]
        if own:
            sealed = self._context.cipher.encrypt(TOKEN_PURPOSE, user.id, own[0].token)
            connection_id = save_connection(connection, user.id, NewConnection(
                person_of(own[0].token).id, sealed, "system_user", user.full_name, SCOPES))
            link_accounts(connection, connection_id, user.id, [one.account for one in own])
            select_accounts(connection, user.id, [one.account.id for one in own])

    def _send(self, world: World) -> None:
        secrets = IntakeSecrets(self._settings.amocrm_webhook_secret, self._settings.landing_webhook_secret)
        address = f"http://{self._settings.host}:{self._settings.port}"
        post_bodies(address, secrets, world, ProgressBar("Sending through the intake"), CONNECTIONS)

    def _drain(self) -> None:
        """Help the workers until nothing waits. Raises: ClickException when nothing moves any more."""
        waiting = most = self._backlog()
        show: Callable[[int, int], None] = ProgressBar("Attributing")
        moved_at = time.monotonic()
        while waiting:
            if not process_inbox(self._context, BATCH):
                time.sleep(PAUSE_SECONDS)
            before, waiting = waiting, self._backlog()
            if waiting < before:
                moved_at = time.monotonic()
            elif time.monotonic() - moved_at > PATIENCE_SECONDS:
                raise click.ClickException(f"{waiting} deliveries wait and nothing moves; the log of jobs says why.")
            show(max(0, most - waiting), most)

    def _backlog(self) -> int:
        with self._context.database.transaction(read_only=True) as connection:
            return count_waiting(connection)


def _save_rules(connection: Connection, seeds: SeedRows, teams: dict[str, Team]) -> None:
    for alias in seeds.aliases:
        save_alias(connection, teams[alias.team_slug].id, vars(alias))
    for binding in seeds.bindings:
        save_binding(connection, teams[binding.team_slug].id, binding.kind, binding.external_id)
