"""``make audit``: what the static judge finds, which known holes the locked packages have, and their licences.

Known holes are looked up by pip-audit where it is installed; where it is not, that is said and counts as nothing. The
list of licences is written to docs/licences.md.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.txt"
LICENCES = ROOT / "docs" / "licences.md"
JUDGED = ("api", "auth", "bench", "callbacks", "components", "core", "data", "demo", "integrations", "jobs", "pages",
          "scripts", "app.py", "cli.py", "cli_persons.py", "cli_teams.py", "demo_loading.py", "gunicorn.conf.py",
          "web_worker.py")


def judge() -> int:
    """Run bandit over the product; the number is 0 when it finds nothing of medium severity or more."""
    program = Path(sys.executable).with_name("bandit")
    return subprocess.run([str(program), "--quiet", "--recursive", "-ll", *JUDGED], cwd=ROOT).returncode


def look_up_holes() -> int:
    """Run pip-audit over the runtime lock, where there is one and its data can be had."""
    program = shutil.which("pip-audit", path=str(Path(sys.executable).parent)) or shutil.which("pip-audit")
    if program is None:
        print("pip-audit is not installed: known holes were not looked up.")
        return 0
    command = [program, "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    return subprocess.run(command, cwd=ROOT).returncode


def locked_packages() -> list[tuple[str, str]]:
    """Name and version of every package of the runtime lock."""
    return re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", LOCK.read_text("utf-8"), re.MULTILINE)


def licence_of(name: str) -> str:
    """What a package says of its licence; packages of other platforms are not installed here."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return "(not installed on this platform)"
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    expressed, written = ((told.get_all(field) or [""])[0].strip() for field in ("License-Expression", "License"))
    plain = expressed or ", ".join(classified) or written
    return plain.splitlines()[0][:80] if plain else "(not told)"


def licence_list() -> str:
    """The table of all packages of the runtime lock."""
    lines = ["# Licences of the runtime packages", "", "Made by `make audit` from requirements.txt.", "",
             "| package | version | licence |", "|---|---|---|"]
    lines += [f"| {name} | {version} | {licence_of(name)} |" for name, version in sorted(locked_packages())]
    return "\n".join(lines) + "\n"


def main() -> int:
    """All three; the exit code tells whether something was found."""
    LICENCES.write_text(licence_list(), "utf-8")
    print(f"Licences: {LICENCES.relative_to(ROOT)}. Judged at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC.")
    return max(judge(), look_up_holes())


if __name__ == "__main__":
    sys.exit(main())
