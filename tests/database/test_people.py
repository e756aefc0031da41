"""Teams and users keep their rules, and say which one was broken."""

import pytest
from sqlalchemy import text

from core.records import Role
from data.engine import AUTH, Database, Viewer
from data.people import (
    PeopleError,
    create_team,
    create_user,
    load_teams,
    load_user,
    load_user_by_email,
    load_users,
)
from tests.factories import make_team, make_user

ADMIN = Viewer("admin")
TEAM = {"name": "Kenesary", "slug": "kenesary", "color": "#00ff88", "emoji": "👑", "utm_source": " FB_Kenesary "}


def test_a_team_is_stored_in_its_canonical_form(db_web: Database) -> None:
    with db_web.transaction(ADMIN) as connection:
        team = create_team(connection, **TEAM)
        assert load_teams(connection) == (team,)
    assert (team.slug, team.color, team.utm_source, team.is_active) == ("kenesary", "#00FF88", "fb_kenesary", True)


@pytest.mark.parametrize(("change", "reason"), [
    ({"slug": "Kenesary", "name": "Other", "utm_source": "x"}, "team_slug_taken"),
    ({"slug": "other", "name": "KENESARY", "utm_source": "x"}, "team_name_taken"),
    ({"slug": "other", "name": "Other"}, "team_utm_source_taken"),
    ({"slug": "none", "name": "None", "utm_source": "x"}, "team_slug_invalid"),
    ({"slug": "a b", "name": "Other", "utm_source": "x"}, "team_slug_invalid"),
    ({"slug": "other", "name": " ", "utm_source": "x"}, "team_name_empty"),
    ({"slug": "other", "name": "Other", "utm_source": "x", "color": "green"}, "team_color_invalid"),
    ({"slug": "other", "name": "Other", "utm_source": " "}, "team_utm_source_invalid"),
])
def test_a_broken_rule_of_a_team_is_named(db_web: Database, change: dict[str, str], reason: str) -> None:
    with db_web.transaction(ADMIN) as connection:
        create_team(connection, **TEAM)
        with pytest.raises(PeopleError) as caught:
            create_team(connection, **{**TEAM, **change})
        assert caught.value.reason == reason
        assert len(load_teams(connection)) == 1, "the transaction stays usable"


def test_a_user_is_found_however_the_address_is_written(db_web: Database) -> None:
    with db_web.transaction(ADMIN) as connection:
        team = create_team(connection, **TEAM)
        user = create_user(connection, email=" Aida@Example.COM ", password_hash="hash", role=Role.TARGETOLOGIST,
                           team_id=team.id, full_name="Aida")
    with db_web.transaction(AUTH) as connection:
        assert load_user_by_email(connection, "AIDA@example.com") == user
        assert load_user(connection, user.id) == user
        assert load_user_by_email(connection, "nobody@example.com") is None
    assert (user.email, user.team_slug, user.locale, user.is_active) == ("aida@example.com", "kenesary", "ru", True)


@pytest.mark.parametrize(("change", "reason"), [
    ({"email": "A@B.kz"}, "user_email_taken"),
    ({"email": "nonsense"}, "user_email_invalid"),
    ({"role": Role.TARGETOLOGIST}, "targetologist_without_team"),
    ({"locale": "de"}, "user_locale_unknown"),
    ({"team_id": "00000000-0000-0000-0000-000000000000"}, "team_unknown"),
])
def test_a_broken_rule_of_a_user_is_named(db_web: Database, change: dict[str, object], reason: str) -> None:
    given = {"email": "a@b.kz", "password_hash": "hash", "role": Role.ANALYST}
    with db_web.transaction(ADMIN) as connection:
        create_user(connection, **given)
        with pytest.raises(PeopleError) as caught:
            create_user(connection, **{**given, "email": "other@b.kz", **change})
        assert caught.value.reason == reason
        assert len(load_users(connection)) == 1


def test_nobody_promotes_himself(db_web: Database, db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        team, other = make_team(connection), make_team(connection)
        user = make_user(connection, Role.TARGETOLOGIST, team)
    me = Viewer("targetologist", user.id, team.id)
    with db_web.transaction(me) as connection:
        changed = connection.execute(text("UPDATE traffic_users SET locale = 'kk', full_name = 'Me'"))
        assert changed.rowcount == 1, "the own profile, and nobody else's"
    for assignment in ("role = 'admin'", f"team_id = '{other.id}'", "is_active = false"):
        with pytest.raises(Exception, match="row-level security"), db_web.transaction(me) as connection:
            connection.execute(text(f"UPDATE traffic_users SET {assignment}"))
