"""Attributes of HTML whose names are no names of Python: ``aria-*`` and ``data-*``."""

from typing import Any


def attributes(values: dict[str, str]) -> dict[str, Any]:
    """The attributes as keyword arguments of a Dash component: ``html.Div(**attributes({"aria-label": "…"}))``."""
    return dict(values)
