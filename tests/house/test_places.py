"""Everything in its place: ids, colours, addresses, SQL, layouts, sizes and names of modules."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.house.tree import FOLDERS, STARTING_FILES, calls, docstrings, files, name_of, syntax

LONGEST_FILE = 400
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "stuff"}
HEX_COLOUR = re.compile(r"(?<![&\w/])(?<!href=[\"'])(?<!url\()#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b")
COLOUR_FUNCTION = re.compile(r"\b(?:rgba?|hsla?|oklch)\(\s*[\d.]")
ADDRESS = re.compile(r"(?:https?:)?//(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
# The names of XML vocabularies look like addresses, and examples have to show one; neither is ever loaded.
HARMLESS_HOSTS = {"www.w3.org", "127.0.0.1", "0.0.0.0", "example.com", "app.example.com", "name.amocrm.ru"}
ICON = "favicon.svg"
READING = re.compile(r"\bSELECT\b.+?\bFROM\b", re.DOTALL)


def find_colours(text: str) -> list[str]:
    """Colours written as hex or as a function of numbers."""
    return HEX_COLOUR.findall(text) + COLOUR_FUNCTION.findall(text)


def find_foreign_hosts(text: str) -> list[str]:
    """Hosts of addresses that are neither this machine nor harmless."""
    return [match["host"] for match in ADDRESS.finditer(text) if match["host"].lower() not in HARMLESS_HOSTS]


def find_literal_ids(tree: ast.AST) -> list[int]:
    """Lines that give a part an id, or ask for one, by a literal instead of a name from ``components/ids.py``."""
    lines = []
    for name, call in calls(tree):
        literals = [keyword.value for keyword in call.keywords if keyword.arg in ("id", "component_id")]
        if name in ("Input", "Output", "State", "set_props", "ClientsideFunction") and name != "ClientsideFunction":
            literals += call.args[:1]
        lines += [value.lineno for value in literals if _is_literal_id(value)]
    return lines


def _is_literal_id(node: ast.expr) -> bool:
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return any(isinstance(key, ast.Constant) and key.value == "type" and isinstance(value, ast.Constant)
                   for key, value in pairs)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def find_reading_sql(tree: ast.AST) -> list[int]:
    """Lines with a string that reads tables; docstrings may speak of it."""
    spoken = docstrings(tree)
    return [node.lineno for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken
            and READING.search(node.value)]


@pytest.mark.parametrize("text", ["color: #0f8;", "'#00FF88'", "rgba(0, 0, 0, .4)", "hsl(120 100% 50%)"])
def test_a_colour_is_recognised(text: str) -> None:
    assert find_colours(text)


@pytest.mark.parametrize("text", ["&#8212;", "var(--primary)", "a#top", "rgb(var(--x))", "#main-content",
                                  'href="#fade"', "url(#fade)"])
def test_what_is_no_colour_is_left_alone(text: str) -> None:
    assert not find_colours(text)


def test_colours_live_in_the_tokens_only() -> None:
    # The colours of teams are data: the demo has them like any installation.
    found = {name_of(path): colours for path in files(".py", ".css", ".js", ".html", ".svg")
             if path.name not in ("00-tokens.css", ICON) and path.parts[-2] != "demo"
             and (colours := find_colours(path.read_text("utf-8")))}
    assert not found


def test_the_icon_repeats_colours_of_the_tokens() -> None:
    """A browser shows it outside of any page, where it cannot read them."""
    tokens = {colour.lower() for path in files(".css") if path.name == "00-tokens.css"
              for colour in find_colours(path.read_text("utf-8"))}
    own = {colour.lower() for path in files(".svg") if path.name == ICON
           for colour in find_colours(path.read_text("utf-8"))}
    assert tokens
    assert own <= tokens


def test_a_foreign_host_is_recognised() -> None:
    assert find_foreign_hosts('<script src="//cdn.example.net/a.js">') == ["cdn.example.net"]
    assert not find_foreign_hosts('xmlns="http://www.w3.org/2000/svg"')


def test_nothing_is_loaded_from_outside() -> None:
    """Addresses of services are settings; the pages load only what this server sends."""
    found = {name_of(path): hosts for path in files(".py", ".css", ".js", ".html", ".svg", ".webmanifest")
             if name_of(path) not in ("core/settings.py", "core/setting_types.py") and "demo" not in path.parts
             and (hosts := find_foreign_hosts(path.read_text("utf-8")))}
    assert not found


def test_a_literal_id_is_recognised() -> None:
    assert find_literal_ids(ast.parse("html.Div(id='cards')"))
    assert find_literal_ids(ast.parse("Output({'type': 'card', 'index': MATCH}, 'children')"))
    assert not find_literal_ids(ast.parse("html.Div(id=ids.CARDS, children='cards')"))


def test_ids_live_in_one_module() -> None:
    found = {name_of(path): lines for path in files(".py", within=("pages", "callbacks", "components", *STARTING_FILES))
             if name_of(path) != "components/ids.py" and (lines := find_literal_ids(syntax(path)))}
    assert not found


def test_no_two_ids_are_equal() -> None:
    for path in files(".py", within=("components",)):
        if path.name == "ids.py":
            values = [node.value for node in ast.walk(syntax(path))
                      if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)]
            twice = [value for value, count in Counter(value.value for value in values).items() if count > 1]
            assert not twice


def test_reading_sql_is_recognised() -> None:
    assert find_reading_sql(ast.parse("run('SELECT a FROM b')"))
    assert not find_reading_sql(ast.parse('"""Like SELECT a FROM b."""\nrun("SELECT set_config()")'))


def test_sql_for_reading_lives_in_sql() -> None:
    # data/*.py writes and looks up what it writes beside; reports only name files.
    searched = [path for path in files(".py", within=(*FOLDERS, *STARTING_FILES))
                if path.parts[-2] != "data" and "migrations" not in path.parts]
    found = {name_of(path): lines for path in searched if (lines := find_reading_sql(syntax(path)))}
    assert not found


def test_every_page_has_a_layout_that_takes_any_query() -> None:
    """``layout`` is a function, made anew for each viewer, and survives ``?fbclid=1``."""
    for path in files(".py", within=("pages",)):
        registers = any(name == "register_page" for name, _ in calls(syntax(path)))
        layouts = [node for node in syntax(path).body if isinstance(node, ast.FunctionDef) and node.name == "layout"]
        assert not registers or (layouts and layouts[0].args.kwarg), f"{name_of(path)}: def layout(**query)"
        assert not any(name == "callback" for name, _ in calls(syntax(path))), f"{name_of(path)}: callbacks/ holds them"


def test_files_stay_readable() -> None:
    long = {name_of(path): count
            for path in files(".py", ".css", ".js", within=(*FOLDERS, "assets", *STARTING_FILES, "scripts", "tests",
                                                            "bench"))
            if (count := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE}
    assert not long


def test_modules_have_names_that_mean_something() -> None:
    found = [name_of(path) for path in files(".py", within=(*FOLDERS, "scripts", "tests", "bench"))
             if path.stem in NAMELESS or path.parent.name in NAMELESS]
    assert not found


def test_every_module_opens_with_a_sentence() -> None:
    silent = [name_of(path) for path in files(".py", within=(*FOLDERS, "scripts", *STARTING_FILES))
              if "versions" not in path.parts and path.read_text("utf-8").strip()
              and not ast.get_docstring(syntax(path))]
    assert not silent


def test_a_path_of_a_foreign_machine_is_nowhere() -> None:
    """Nothing in the product depends on the folder somebody works in."""
    found = [name_of(path) for path in files(".py", ".css", ".js", ".html", ".sql", within=(*FOLDERS, "sql", "assets"))
             if re.search(r"(?<![\w.])/(?:home|Users|root)/", path.read_text("utf-8"))]
    assert not found


def test_the_looked_at_files_exist() -> None:
    """The searches above would pass over an empty list."""
    assert Path(files(".py", within=("core",))[0]).exists()


def test_every_shape_of_the_api_has_a_name_of_its_own() -> None:
    """The description of the API keeps shapes by name: of two with one name it would show only one."""
    names = [node.name for path in files(".py", within=("api",)) for node in syntax(path).body
             if isinstance(node, ast.ClassDef) and node.name.endswith(("Answer", "Body", "Query"))
             and node.name != "Body"]
    assert sorted(names) == sorted(set(names))
