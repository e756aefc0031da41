"""No page of another site changes a row: every door that writes, every way a browser tells who made it ask."""

import dash
import psycopg
import pytest
from flask.testing import FlaskClient

from data.embedded import DatabaseUrls
from data.engine import Database
from tests.api.conftest import People
from tests.api.test_sign_in_page import CROSS_SITE
from tests.application import AMOCRM_SECRET, LANDING_SECRET, PUBLIC_URL
from tests.database.policy_world import tables
from tests.security.test_bodies import doors
from tests.security.test_rights import SignedIn

# What a form or a script of another site can send without being asked for permission first, and what it cannot.
BODIES = (("application/json", b"{}"), ("text/plain", b'{"a":"=b"}'), ("application/x-www-form-urlencoded", b"a=b"),
          ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--'))


def digest(urls: DatabaseUrls) -> dict[str, str]:
    """What every table holds; what every request writes beside its deed is left out."""
    with psycopg.connect(urls.admin_url) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")]
        whole = "SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {} t"
        return {name: connection.execute(whole.format(name)).fetchone()[0] for name in names if name != "user_sessions"}


def test_no_other_site_writes(
    shared_app: dash.Dash, signed_in: SignedIn, people: People, shared_database: DatabaseUrls
) -> None:
    browser = signed_in("admin")
    before, tried = digest(shared_database), 0
    for method, path in [*doors(shared_app), ("POST", "/logout"), ("POST", "/api/auth/logout"),
                         ("DELETE", "/api/auth/sessions")]:
        if path.startswith("/webhooks/"):
            continue  # the secret is asked for, cookies are not looked at
        for headers in CROSS_SITE:
            for content_type, body in BODIES if headers == CROSS_SITE[0] else BODIES[:1]:
                answer = browser.open(path, method=method, data=body, content_type=content_type, headers=headers)
                assert answer.status_code == 403, (method, path, headers, content_type)
                tried += 1
    assert tried > 400, "variants"
    assert digest(shared_database) == before
    assert browser.get("/api/auth/me").status_code == 200, "the sign-in itself stands"
    assert browser.post("/language", data={"locale": "en", "next": "/"}, headers={"Origin": PUBLIC_URL}
                        ).status_code == 303, "the own pages may"


FORGED = ["", "x", "%00", "ключ", "..%2f", "null", "undefined", "*", "%25", "true", "[]", "{{secret}}"]
SENDERS = {"amocrm": AMOCRM_SECRET, "landing": LANDING_SECRET}


@pytest.mark.parametrize("door", SENDERS)
def test_forty_forged_deliveries_are_not_stored(
    client: FlaskClient, shared_database: DatabaseUrls, people: People, door: str
) -> None:
    secret, other = SENDERS[door], next(one for name, one in SENDERS.items() if name != door)
    forged = [*FORGED, secret[:-1], secret[1:], secret + "x", "x" + secret, secret.upper(), secret.swapcase(), other,
              secret + "%20", "%20" + secret, secret + "%00", secret + "/..", secret * 2, secret[::-1], "'" + secret]
    before = digest(shared_database)["webhook_events"]
    for one in forged:
        for headers in ({}, {"Authorization": f"Bearer {secret}"}, {"X-Secret": secret}):
            answer = client.post(f"/webhooks/{door}/{one}?secret={secret}", data={"forged": one}, headers=headers)
            assert answer.status_code in (404, 405), one
    assert len(forged) * 2 > 40
    assert digest(shared_database)["webhook_events"] == before
    assert client.post(f"/webhooks/{door}/{secret}", data={"genuine": "1"}).status_code == 200


UNSIGNED = ["", ".", "a.b", "eyJ1c2VyX2lkIjoiMSJ9", ".eyJ1c2VyX2lkIjoiMSJ9", "AAAA.eyJhbGdvcml0aG0iOiJub25lIn0",
            "AAAA.eyJ1c2VyX2lkIjoiMSIsImFsZ29yaXRobSI6IkhNQUMtU0hBMjU2In0", "%00.%00", "x" * 5000]


@pytest.mark.parametrize("signed", UNSIGNED)
@pytest.mark.parametrize("door", ["deauthorize", "data-deletion"])
def test_facebook_signs_or_is_not_heard(client: FlaskClient, people: People, door: str, signed: str) -> None:
    answer = client.post(f"/webhooks/facebook/{door}", data={"signed_request": signed})
    assert answer.status_code in (400, 403, 404)


def test_every_table_is_looked_at(shared_jobs: Database, shared_database: DatabaseUrls) -> None:
    with shared_jobs.transaction() as connection:
        assert set(tables(connection)) - set(digest(shared_database)) == {"user_sessions"}
