"""The demo company in a test database: seeded, and its requests taken in through the application's own intake."""

from collections.abc import Iterable

from flask.testing import FlaskClient
from sqlalchemy import Connection

from auth.encryption import Cipher
from core.records import Team
from data.ads import TOKEN_PURPOSE, save_accounts, save_token, select_accounts
from data.people import User, create_team, create_user
from demo.deliveries import Delivery
from demo.world import SeedRows
from tests.application import AMOCRM_SECRET, LANDING_SECRET
from tests.factories import insert, make_rate


def seed(connection: Connection, seeds: SeedRows, cipher: Cipher) -> dict[str, User]:
    """Store what a world stands on; answers its users by e-mail. ``connection`` may write everything."""
    teams = {
        one.slug: create_team(
            connection, name=one.name, slug=one.slug, color=one.color, emoji=one.emoji, utm_source=one.utm_source
        )
        for one in seeds.teams
    }
    users = {
        one.email: create_user(
            connection, email=one.email, password_hash="!", role=one.role, full_name=one.full_name, locale=one.locale,
            team_id=teams[one.team_slug].id if one.team_slug else None,
        )
        for one in seeds.users
    }  # fmt: skip
    _store_rules(connection, seeds, teams)
    for rate in seeds.rates:
        make_rate(connection, rate.day, str(rate.usd_to_kzt), source=rate.source)
    for user in users.values():
        own = [one for one in seeds.accounts if one.owner_email == user.email]
        if own:
            save_token(connection, user.id, cipher.encrypt(TOKEN_PURPOSE, user.id, own[0].token))
            save_accounts(connection, [one.account for one in own], user.id)
            select_accounts(connection, user.id, [one.account.id for one in own])
    return users


def _store_rules(connection: Connection, seeds: SeedRows, teams: dict[str, Team]) -> None:
    for alias in seeds.aliases:
        insert(
            connection, "team_aliases", team_id=teams[alias.team_slug].id, utm_source=alias.utm_source,
            utm_medium=alias.utm_medium, campaign_token=alias.campaign_token, funnel=alias.funnel,
            priority=alias.priority, valid_from=alias.valid_from, valid_to=alias.valid_to, note=alias.note,
        )  # fmt: skip
    for binding in seeds.bindings:
        insert(
            connection, "campaign_bindings", team_id=teams[binding.team_slug].id, kind=binding.kind,
            external_id=binding.external_id,
        )  # fmt: skip


def take_in(browser: FlaskClient, deliveries: Iterable[Delivery]) -> int:
    """Post deliveries in their order; answers how many of them were stored."""
    stored = 0
    for one in deliveries:
        path = f"amocrm/{AMOCRM_SECRET}" if one.path == "amocrm" else f"landing/{LANDING_SECRET}/{one.source}"
        answer = browser.post(f"/webhooks/{path}", data=one.body, content_type=one.content_type)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        stored += answer.get_json()["stored"]
    return stored
