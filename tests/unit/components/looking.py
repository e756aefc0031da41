"""Reading components in tests: all words of a tree, all parts of a class."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def parts(tree: Any) -> Iterator[Any]:
    """Every component and every text of a tree, from the top."""
    if tree is None:
        return
    if isinstance(tree, list | tuple):
        for one in tree:
            yield from parts(one)
        return
    yield tree
    if isinstance(tree, Component):
        yield from parts(getattr(tree, "children", None))


def words(tree: Any) -> str:
    """The text a person reads, with ordinary spaces."""
    texts = [str(one) for one in parts(tree) if isinstance(one, str | int | float)]
    return " ".join(texts).replace("\u00a0", " ")


def of_class(tree: Any, name: str) -> list[Any]:
    """The components that carry a class."""
    return [one for one in parts(tree) if name in str(getattr(one, "className", "") or "").split()]


def with_attribute(tree: Any, attribute: str, value: str) -> list[Any]:
    """The components whose attribute has this value."""
    return [one for one in parts(tree) if isinstance(one, Component) and getattr(one, attribute, None) == value]
