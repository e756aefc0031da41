"""The catalogues are complete: every language has every key, every place and every plural form."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.house.tree import ROOT, STARTING_FILES, calls, files, name_of, syntax

LOCALES = ("ru", "en", "kk")
FORMS = {"ru": 3, "en": 2, "kk": 2}
FOLDER = ROOT / "core" / "locale"
PLACE = re.compile(r"\{([^}:!]*)[^}]*\}")
CALLERS = ("pages", "callbacks", "components", "api", "auth", "jobs", "integrations", "core", *STARTING_FILES)


def read(code: str, area: str) -> Catalog:
    with (FOLDER / code / f"{area}.po").open("rb") as file:
        return read_po(file, locale=code)


def messages(catalogue: Catalog) -> dict[str, Message]:
    return {message.id if isinstance(message.id, str) else message.id[0]: message
            for message in catalogue if message.id}


def texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def areas(code: str) -> set[str]:
    return {path.stem for path in (FOLDER / code).glob("*.po")}


AREAS = sorted(areas("ru"))


def find_keys(tree: ast.AST) -> list[tuple[str, int]]:
    """Literal keys given to ``t``, ``tn`` and ``keep``, with their lines."""
    return [(call.args[0].value, call.lineno) for name, call in calls(tree)
            if name in ("t", "tn", "keep") and call.args and isinstance(call.args[0], ast.Constant)]


def test_every_language_has_the_same_areas() -> None:
    assert AREAS
    assert all(areas(code) == set(AREAS) for code in LOCALES)
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == set(LOCALES)


@pytest.mark.parametrize("area", AREAS)
def test_every_language_has_the_same_keys_and_places(area: str) -> None:
    russian = messages(read("ru", area))
    for code in LOCALES[1:]:
        other = messages(read(code, area))
        assert set(other) == set(russian), code
        for key, message in other.items():
            ours = {place for text in texts(russian[key]) for place in PLACE.findall(text)}
            theirs = {place for text in texts(message) for place in PLACE.findall(text)}
            assert theirs == ours, f"{code}: {key}"


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize("area", AREAS)
def test_nothing_is_empty_or_uncertain(code: str, area: str) -> None:
    catalogue = read(code, area)
    for key, message in messages(catalogue).items():
        assert not message.fuzzy, key
        assert all(text.strip() for text in texts(message)), key
        if not isinstance(message.id, str):
            assert len(texts(message)) == FORMS[code], key
    assert not catalogue.obsolete


@pytest.mark.parametrize("code", LOCALES)
def test_no_key_stands_twice(code: str) -> None:
    """Read as text: the parser would quietly keep the last one."""
    keys = [line for path in sorted((FOLDER / code).glob("*.po")) for line in path.read_text("utf-8").splitlines()
            if line.startswith("msgid ") and line != 'msgid ""']
    assert len(keys) == len(set(keys))


def test_a_key_in_code_is_recognised() -> None:
    assert find_keys(ast.parse("t('a.b', n=1); texts.tn('c', 2); t(key); keep('d')")) == [
        ("a.b", 1), ("c", 1), ("d", 1)]


def test_every_key_in_code_has_a_text() -> None:
    known = {key for area in AREAS for key in messages(read("ru", area))}
    missing = [f"{name_of(path)}:{line}: {key}" for path in files(".py", within=CALLERS)
               for key, line in find_keys(syntax(path)) if key not in known]
    assert not missing


KEPT = re.compile(r"(facebook\.(fault|problem)|run_fault)\.\w+")


def test_every_sentence_that_may_be_kept_has_a_text() -> None:
    """Keys of tables of meanings as well: a run keeps the key and its reader gets the text."""
    known = {key for area in AREAS for key in messages(read("ru", area))}
    found = {node.value for path in files(".py", within=(*CALLERS, "data")) for node in ast.walk(syntax(path))
             if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEPT.fullmatch(node.value)}
    assert len(found) > 40 and not found - known
    assert {key for key in known if KEPT.fullmatch(key)} == found, "a sentence that nothing keeps any more"


def find_sentences(tree: ast.AST) -> list[tuple[str, int]]:
    """Whole English sentences in code that are no docstrings, with their lines."""
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    return [(words, node.lineno) for node in ast.walk(tree) if id(node) not in documented | pieces
            for words in [_words(node)] if re.fullmatch(r"[A-Z][a-z]+ .*[.!]", words)]


def _words(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "x" for one in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_what_a_job_says_is_a_key_and_no_sentence() -> None:
    assert find_sentences(ast.parse("\"\"\"A module.\"\"\"\nsay('It ended.')\nsay(f'The {x} ended.')")) == [
        ("It ended.", 2), ("The x ended.", 3)]
    found = [f"{name_of(path)}:{line}: {words}" for path in files(".py", within=("jobs",))
             for words, line in find_sentences(syntax(path))]
    assert not found


def test_visible_words_are_in_the_catalogues() -> None:
    """No Cyrillic letter in Python that draws pages: a word in code has one language."""
    found = [f"{name_of(path)}:{node.lineno}" for path in files(".py", within=("pages", "callbacks", "components"))
             for node in ast.walk(syntax(path))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and re.search(r"[а-яА-ЯёЁәғқңөұүһі]{2,}", node.value)]
    assert not found


def test_the_folder_is_there() -> None:
    assert Path(FOLDER / "ru").is_dir()
