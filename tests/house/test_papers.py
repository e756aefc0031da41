"""What a newcomer reads is true: README, CONTRIBUTING, decisions, Makefile, requirements, the example of settings."""

import re
import sys
from importlib.metadata import packages_distributions

import pytest

from core.settings import Settings
from scripts.env_example import env_example
from tests.house.tree import FOLDERS, ROOT, STARTING_FILES, files, imported_modules, name_of, syntax

README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TEST_TOOLS = {"selenium", "pytest", "pytest-xdist", "pytest-timeout", "pytest-cov", "hypothesis", "schemathesis",
              "mypy", "ruff", "import-linter", "axe-core-python", "dash-testing-stub", "multiprocess"}


def locked(name: str) -> dict[str, str]:
    """Package names of a lock file with their versions."""
    text = (ROOT / name).read_text("utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE))


def wanted(name: str) -> set[str]:
    """Package names of a hand-written requirements file."""
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines())
    return {re.split(r"[\[=<>~ ]", line)[0].lower() for line in lines if line and not line.startswith("-")}


def test_the_example_of_settings_is_the_settings() -> None:
    assert (ROOT / ".env.example").read_text("utf-8") == env_example(), "run: make env-example"


def test_every_setting_is_explained() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_no_secret_has_a_default() -> None:
    shown = {name for name, field in Settings.model_fields.items()
             if not field.repr and not field.is_required() and field.default}
    assert not shown


def test_every_target_is_documented() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
    documented = set(re.findall(r"^([a-z][a-z-]*):.*?## \S", MAKEFILE, re.MULTILINE))
    assert targets == documented
    assert {"help", "run", "test", "lint", "bench", "lock"} <= targets


def test_the_check_is_the_readmes_command() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.parametrize("needed", ["make run", "make test", "docs/images/dashboard.png", "CONTRIBUTING.md",
                                    "DATABASE_URL", "python -m jobs", 'gunicorn "app:create_server()"'])
def test_readme_says(needed: str) -> None:
    assert needed in README


def test_readme_maps_the_house() -> None:
    missing = [folder for folder in (*FOLDERS, "sql", "assets", "tests", "scripts", "bench")
               if f"{folder}/" not in README]
    assert not missing


@pytest.mark.parametrize("thing", ["metric", "page", "source", "language", "role", "job"])
def test_contributing_has_a_checklist(thing: str) -> None:
    part = re.search(rf"^## Add an? {thing}\b.*?(?=^## |\Z)", CONTRIBUTING, re.MULTILINE | re.DOTALL)
    assert part is not None
    assert part[0].count("- [ ]") >= 3


def test_files_named_in_the_papers_exist() -> None:
    """A path in backticks that a reader would look for."""
    folders = "|".join((*FOLDERS, "docs", "scripts", "tests", "sql", "assets"))
    named = set(re.findall(rf"`((?:{folders})/[\w./-]+\.\w+)`", README + CONTRIBUTING))
    missing = sorted(path for path in named if "NNNN" not in path and not (ROOT / path).exists())
    assert named
    assert not missing


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert names
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]


def test_the_product_is_installed_without_test_tools() -> None:
    assert not TEST_TOOLS & {name.lower() for name in locked("requirements.txt")}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_holds_what_is_wanted(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text("utf-8")
    packages = locked(f"{name}.txt")
    assert wanted(f"{name}.in") <= {package.lower() for package in packages}
    assert text.count("--hash=sha256:") >= len(packages)
    assert "index-url" not in text


@pytest.mark.parametrize(("folders", "lists"), [
    ((*FOLDERS, *STARTING_FILES, "scripts"), ("requirements.in",)),
    (("tests", "bench"), ("requirements.in", "requirements-dev.in")),
])
def test_every_imported_package_is_asked_for(folders: tuple[str, ...], lists: tuple[str, ...]) -> None:
    """What comes along with another package may go with it as well."""
    asked = {name.replace("_", "-") for listed in lists for name in wanted(listed)}
    homes = packages_distributions()
    ours = {*FOLDERS, *(name.removesuffix(".py") for name in STARTING_FILES), "scripts", "tests", "bench"}
    missing = {f"{module} ({name_of(path)})" for path in files(".py", within=folders)
               for module in imported_modules(syntax(path)) - ours - set(sys.stdlib_module_names)
               if not {home.lower().replace("_", "-") for home in homes.get(module, ["?"])} & asked}
    assert not missing


def test_both_locks_agree() -> None:
    runtime, tools = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: version for name, version in tools.items() if runtime.get(name, version) != version} == {}
