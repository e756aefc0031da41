"""Every form: what it asks exists, and a browser test tries it with something wrong, late and right."""

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

from werkzeug.exceptions import HTTPException

from components import ids
from tests.application import the_application
from tests.browser.form_cases import CASES, ELSEWHERE
from tests.house.tree import ROOT, files, name_of, syntax

_ANY = str(UUID(int=0))


def functions(tree: ast.AST, above: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function with its name, inner ones behind their outer one's."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield f"{above}{node.name}", node
            yield from functions(node, f"{above}{node.name}.")


def own_calls(function: ast.FunctionDef, names: tuple[str, ...]) -> Iterator[ast.Call]:
    """Calls in a function, but not in the functions inside it."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
            yield node
        waiting += ast.iter_child_nodes(node)


def worlds() -> Iterator[tuple[Path, str, ast.FunctionDef]]:
    """The functions that draw."""
    for path in files(".py", within=("components",)):
        if name_of(path) != "components/forms.py":
            for name, function in functions(syntax(path)):
                yield path, f"{path.stem}.{name}", function


def test_every_form_is_tried_in_a_browser() -> None:
    drawn = Counter(name for _, name, function in worlds() for _ in own_calls(function, ("create_api_form",)))
    tried = Counter([one.drawn for one in CASES] + [one.drawn for one in ELSEWHERE])
    assert set(tried) == set(drawn), "a form without a test, or a test of a form that is gone"
    assert not {name for name, count in drawn.items() if count > tried[name] + (name == "profile_page._factor")}


def test_the_named_tests_exist_and_use_the_form() -> None:
    wrong = []
    for one in ELSEWHERE:
        for test in one.tests:
            path, _, name = test.partition("::")
            tests = dict(functions(ast.parse((ROOT / path).read_text("utf-8"))))
            if name not in tests or one.form not in (ROOT / path).read_text("utf-8"):
                wrong.append((one.drawn, test))
    assert not wrong
    assert not [case.drawn for case in CASES if not (case.alone or case.meanwhile or case.clash)]


def constants(path: Path) -> dict[str, ast.expr]:
    """What a module names at its top."""
    found = {}
    for node in syntax(path).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("components."):
            other = ROOT / f"{(node.module or '').replace('.', '/')}.py"
            theirs = constants(other)
            found |= {one.name: theirs[one.name] for one in node.names if one.name in theirs}
    return found


def addresses(value: ast.expr, known: dict[str, ast.expr]) -> list[str]:
    """What an expression may be as text; what only a request tells is some id."""
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.Name) and value.id in known:
        return addresses(known[value.id], {name: one for name, one in known.items() if name != value.id})
    if isinstance(value, ast.IfExp):
        return addresses(value.body, known) + addresses(value.orelse, known)
    if isinstance(value, ast.FormattedValue):
        return addresses(value.value, known)
    if isinstance(value, ast.JoinedStr):
        whole = [""]
        for part in value.values:
            whole = [before + after for before in whole for after in addresses(part, known)]
        return whole
    return [_ANY]


def local_names(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """What a function names."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name):
            found[target.id] = node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            found |= {one.id: value for one, value in zip(target.elts, node.value.elts, strict=True)
                      if isinstance(one, ast.Name)}
    return found


def asked() -> Iterator[tuple[str, str, str]]:
    """Who draws it, method and address of every form and button."""
    for path, name, function in worlds():
        known = {**constants(path), **local_names(function)}
        for call in own_calls(function, ("create_api_form", "create_api_button")):
            given: dict[str, Any] = {one.arg: one.value for one in call.keywords if one.arg}
            methods = addresses(given["method"], known) if "method" in given else ["POST"]
            paths = addresses(given["path"], known)
            # Two that depend on whether there is such a row yet depend on it in the same order.
            if len(methods) == 2 == len(paths) and method_last(given["method"], given["path"]):
                paths.reverse()
            pairs = zip(methods, paths, strict=True) if len(methods) == len(paths) else product(methods, paths)
            for method, path_asked in pairs:
                yield name, method, path_asked.partition("?")[0]


def method_last(method: ast.expr, path: ast.expr) -> bool:
    """Whether one asks "is there none" and the other "is there one"."""
    tests = [ast.dump(one.test) for one in (method, path) if isinstance(one, ast.IfExp)]
    return len(set(tests)) == 2


def test_every_form_and_button_asks_for_something_that_is_there() -> None:
    routes = the_application().server.url_map.bind("localhost")
    missing = []
    for name, method, address in asked():
        if method == _ANY or not address.startswith("/api") or address.startswith(f"/api/traffic-admin/{_ANY}"):
            continue                                   # an argument: what it may be stands where it is called
        try:
            routes.match(address, method)
        except HTTPException as error:
            missing.append((name, method, address, error.code))
    assert not missing


def test_ids_of_forms_are_told_apart() -> None:
    forms = [value for name, value in vars(ids).items() if name.endswith("_FORM")]
    assert len(forms) == len(set(forms))
