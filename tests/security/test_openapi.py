"""The description of the API holds: what is generated from it is answered as it says, and breaks no route."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from auth.passwords import Passwords
from core.records import Role
from data.embedded import DatabaseUrls
from data.engine import Database
from data.people import create_team, create_user
from tests.api.conftest import ADMIN
from tests.security import chosen_cases
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
        f"hooks = {json.dumps(chosen_cases.__file__)}",
        "[checks.positive_data_acceptance]", f"expected-statuses = {json.dumps(JUDGED)}",
        "[checks.negative_data_rejection]", f"expected-statuses = {json.dumps(REFUSED)}",
        # Every route is asked with every wrong method in tests/api; here one of them stands for all.
        "[phases.coverage]", 'unexpected-methods = ["PATCH"]', ""]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def sign_in(web: Served) -> str:
    return tokens_of(web.addresses[0], "admin@example.com")["access_token"]


def operations_of(web: Served, token: str, document: Path) -> int:
    """How many operations are described; the description is kept in a file.

    Read from its address, the generator would leave out the operation that served it.
    """
    answer = requests.get(web.addresses[0] + "/api/openapi.json", headers={"Authorization": f"Bearer {token}"},
                          timeout=60)
    assert answer.status_code == 200
    document.write_bytes(answer.content)
    return sum(len(item) for item in answer.json()["paths"].values())


def run(web: Served, folder: Path, token: str, *arguments: str) -> tuple[str, dict[str, Any]]:
    """Ask every chosen operation in every phase without a failure; what was said, and its summary."""
    summary = folder / "summary.json"
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(configuration(folder)), "run",
         str(folder / "openapi.json"), "--url", web.addresses[0], "-H", f"Authorization: Bearer {token}",
         "--max-examples", EXAMPLES, "--seed", "1", "--no-color", "--phases", "examples,coverage,fuzzing,stateful",
         "--continue-on-failure", "--suppress-health-check", "all", "--report-json-path", str(summary), *arguments],
        cwd=folder, capture_output=True, text=True, timeout=550)
    assert ended.returncode == 0, ended.stdout[-9000:] + ended.stderr[-2000:]
    return ended.stdout, json.loads(summary.read_text("utf-8"))


@pytest.mark.timeout(1200)
def test_every_phase_ends_without_a_failure(web: Served, tmp_path: Path) -> None:
    described = operations_of(web, sign_in(web), tmp_path / "openapi.json")
    # First, since the generator's tries at the door of sign-in count: afterwards it stays shut for a while.
    _, ended = run(web, tmp_path, sign_in(web), *(part for path in ENDING for part in ("--include-path", path)))
    words, found = run(web, tmp_path, sign_in(web), *(part for path in ENDING for part in ("--exclude-path", path)))
    assert "Server error" not in words
    assert "Authentication failed" not in words, "the sign-in ended half-way"
    assert "Traceback" not in web.written()
    for one in (ended["operations"], found["operations"]):
        assert one["total"] == described and one["tested"] == one["selected"] > 0, one
    assert ended["operations"]["selected"] + found["operations"]["selected"] == described, "each of them in one run"
    assert {name: found["phases"][name]["status"] for name in ("coverage", "fuzzing", "stateful")} == dict.fromkeys(
        ("coverage", "fuzzing", "stateful"), "success")
    assert found["test_cases"]["generated"] > 3000, "the choice of cases has not become too narrow"
