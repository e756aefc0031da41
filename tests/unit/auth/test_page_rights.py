import pytest

from auth.page_rights import may_open
from core.records import Role
from data.sessions import SignedInUser


def user(role: Role, team: str | None = None) -> SignedInUser:
    return SignedInUser(id="1", email="a@b.c", full_name="", role=role, locale="ru", team_id=team, team_slug=team)


@pytest.mark.parametrize(("role", "team", "path", "opens"), [
    (Role.ADMIN, None, "/", True),
    (Role.ADMIN, None, "/admin/users", True),
    (Role.ADMIN, None, "/teams/any", True),
    (Role.ANALYST, None, "/teams/any", True),
    (Role.ANALYST, None, "/admin", False),
    (Role.ANALYST, None, "/admin/users", False),
    (Role.TARGETOLOGIST, "north", "/", True),
    (Role.TARGETOLOGIST, "north", "/teams/north", True),
    (Role.TARGETOLOGIST, "north", "/teams/north/", True),
    (Role.TARGETOLOGIST, "north", "/teams/n%6Frth", True),
    (Role.TARGETOLOGIST, "north", "/teams/south", False),
    (Role.TARGETOLOGIST, "north", "/teams/North", False),
    (Role.TARGETOLOGIST, "north", "/teams/north/x", False),
    (Role.TARGETOLOGIST, "north", "/admin", False),
    (Role.ADMIN, None, "/nothing", False),
    (Role.ADMIN, None, "/teams/", False),
])
def test_who_may_open_what(role: Role, team: str | None, path: str, opens: bool) -> None:
    assert may_open(user(role, team), path) is opens
