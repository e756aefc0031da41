"""What the tests of the house look at: the project's own files and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("api", "auth", "callbacks", "components", "core", "data", "demo", "integrations", "jobs", "pages")
STARTING_FILES = tuple(sorted(path.name for path in ROOT.glob("*.py")))
PRODUCT = (*FOLDERS, *STARTING_FILES, "assets", "sql")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is or could be committed, so that caches and data are never looked at."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    return tuple(path for line in listed.splitlines() if (path := ROOT / line).is_file())


def files(*suffixes: str, within: tuple[str, ...] = PRODUCT) -> list[Path]:
    """Files of the product with one of these suffixes, inside the named folders or with the named names."""
    return [path for path in tracked_files()
            if path.suffix in suffixes and path.relative_to(ROOT).parts[0] in within]


def name_of(path: Path) -> str:
    """The path as a person writes it."""
    return path.relative_to(ROOT).as_posix()


@cache
def syntax(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of the called name: ``html.Div(...)`` gives ``Div``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield name, node


def imported_modules(tree: ast.AST) -> set[str]:
    """The first names of everything imported: ``import a.b`` gives ``a``."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in names}


def docstrings(tree: ast.AST) -> set[int]:
    """The ``id()`` of every string node that is a docstring."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {id(node.body[0].value) for node in ast.walk(tree)
            if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr)}
