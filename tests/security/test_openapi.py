"""The description of the API holds: what is generated from it is answered as it says, and breaks no route."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auth.passwords import Passwords
from core.records import Role
from data.embedded import DatabaseUrls
from data.engine import Database
from data.people import create_team, create_user
from tests.api.conftest import ADMIN
from tests.security.processes import PASSWORD, Served, served, tokens_of

EXAMPLES = "3"
# These look at values beyond what a schema can say (is it the password, is there such a team, which day is later), so a
# body that fits the schema may still be refused with a sentence for its field.
JUDGING = ("POST /api/auth/login", "POST /api/auth/link", "POST /api/auth/password", "POST /api/auth/second-factor",
           "POST /api/auth/second-factor/confirm", "POST /api/auth/second-factor/disable",
           "POST /api/auth/second-factor/recovery-codes", "POST /api/traffic-admin/facebook/sync-stats",
           "POST /api/traffic-admin/sales/aggregate", "POST /api/traffic-admin/stats/recalculate",
           "POST /api/traffic-admin/users", "PATCH /api/traffic-admin/users/{id}", "GET /api/traffic-admin/audit",
           "POST /api/traffic-admin/persons/export", "GET /api/traffic-admin/webhooks",
           "GET /api/traffic-admin/sync-runs", "GET /api/traffic-admin/webhook-ranges/count",
           "POST /api/traffic-admin/webhook-ranges/replay",
           "GET /api/traffic-admin/unattributed", "POST /api/traffic-admin/unattributed/assign")
# Their bodies are judged against an account, a rule book or a team that the generator cannot know; their own tests
# in tests/api hold them to their answers.
KNOWING_MORE = (
    r"/api/traffic-admin/(amocrm|attribution|aliases|bindings|rates|facebook/(?!sync)|identity|sales/\{id\})|/evidence"
)
# The token that asks would end with these; they run last.
ENDING = ("/api/auth/logout", "/api/auth/sessions/{id}")


@pytest.fixture(scope="module")
def web(shared_database: DatabaseUrls, shared_web: Database, tmp_path_factory: pytest.TempPathFactory
        ) -> Iterator[Served]:
    with shared_web.transaction(ADMIN) as connection:
        create_team(connection, name="north", slug="north", color="#A78BFA", emoji="🟣", utm_source="fb_north")
        create_user(connection, email="admin@example.com", password_hash=Passwords.cheap().hash(PASSWORD),
                    role=Role.ADMIN)
    with served(shared_database, tmp_path_factory.mktemp("openapi"), servers=1) as running:
        yield running


def configuration(folder: Path) -> Path:
    """What schemathesis may expect besides its defaults."""
    lines = ["[checks.positive_data_acceptance]", 'expected-statuses = ["2xx", 401, 403, 404, 409, 429]', ""]
    for name in JUDGING:
        lines += ["[[operations]]", f'include-name = "{name}"', "[operations.checks.positive_data_acceptance]",
                  'expected-statuses = ["2xx", 401, 403, 404, 409, 422, 429]', ""]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def run(web: Served, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    token = tokens_of(web.addresses[0], "admin@example.com")["access_token"]
    return subprocess.run(
        [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(configuration(folder)), "run",
         web.addresses[0] + "/api/openapi.json", "-H", f"Authorization: Bearer {token}", "--max-examples", EXAMPLES,
         "--seed", "1", "--no-color", "--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure",
         "--suppress-health-check", "all", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=280)


@pytest.mark.timeout(600)
def test_every_phase_ends_without_a_failure(web: Served, tmp_path: Path) -> None:
    found = run(web, tmp_path, "--exclude-path-regex", KNOWING_MORE,
                *(part for path in ENDING for part in ("--exclude-path", path)))
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert "Server error" not in found.stdout
    assert "Authentication failed" not in found.stdout, "the sign-in ended half-way"
    ended = run(web, tmp_path, *(part for path in ENDING for part in ("--include-path", path)))
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    assert "Traceback" not in web.written()
