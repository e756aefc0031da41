"""The description of the API holds: what is generated from it is answered as it says, and breaks no route."""

import json
import re
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

EXAMPLES = "2"
# Values are also judged by what no schema can say (is it the password, is there such a team, which day is later), so
# what fits the schema may still be refused with a sentence for its field; never with a 400, 406 or 415.
JUDGED = ["2xx", "3xx", 401, 403, 404, 409, 413, 422, 429]
REFUSED = ["4xx"]  # too large a body is refused before anybody looks at its shape
# The token that asks ends with these; they run apart.
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
    lines = [
        "[checks.positive_data_acceptance]", f"expected-statuses = {json.dumps(JUDGED)}",
        "[checks.negative_data_rejection]", f"expected-statuses = {json.dumps(REFUSED)}",
        # Every route is asked with every wrong method in tests/api; here one of them stands for all.
        "[phases.coverage]", 'unexpected-methods = ["PATCH"]', ""]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def sign_in(web: Served) -> str:
    return tokens_of(web.addresses[0], "admin@example.com")["access_token"]


def run(web: Served, folder: Path, token: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(configuration(folder)), "run",
         web.addresses[0] + "/api/openapi.json", "-H", f"Authorization: Bearer {token}", "--max-examples", EXAMPLES,
         "--seed", "1", "--no-color", "--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure",
         "--suppress-health-check", "all", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=280)


@pytest.mark.timeout(600)
def test_every_phase_ends_without_a_failure(web: Served, tmp_path: Path) -> None:
    # First, since the generator's tries at the door of sign-in count: afterwards it stays shut for a while.
    ended = run(web, tmp_path, sign_in(web), *(part for path in ENDING for part in ("--include-path", path)))
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    found = run(web, tmp_path, sign_in(web), *(part for path in ENDING for part in ("--exclude-path", path)))
    assert found.returncode == 0, found.stdout[-9000:] + found.stderr[-2000:]
    assert "Server error" not in found.stdout
    assert "Authentication failed" not in found.stdout, "the sign-in ended half-way"
    assert "Traceback" not in web.written()
    for one, least in ((found, 100), (ended, len(ENDING))):
        chosen = [int(number) for number in re.findall(r"(?:Selected|Tested): (\d+)", one.stdout)]
        assert len(chosen) == 2 and chosen[0] == chosen[1] >= least, "whatever is not kept for the other run is tested"
