"""Pages made on the server, for people who cannot have the application yet: sign-in and failures."""

from pathlib import Path
from typing import Any

from flask import current_app, render_template

from core.texts import current_locale, t, tn

ASSETS = Path(__file__).resolve().parent.parent / "assets"
_STYLES = "page_stylesheets"


def render_page(template: str, **values: Any) -> str:
    """A template of ``auth/templates`` in the viewer's language, with the product's own style sheets."""
    return render_template(template, t=t, tn=tn, locale=current_locale(), stylesheets=_stylesheets(),
                           favicon=favicon_address(), **values)


def _stylesheets() -> list[str]:
    """Addresses of the style sheets in the order in which the application loads them."""
    listed: list[str] | None = current_app.extensions.get(_STYLES)
    if listed is None:
        listed = current_app.extensions[_STYLES] = [_address(path) for path in sorted(ASSETS.glob("*.css"))]
    return listed


def favicon_address() -> str:
    """The product's own icon; Dash's while there is none."""
    icon = next((path for name in ("favicon.svg", "favicon.ico") if (path := ASSETS / name).exists()), None)
    return "/_favicon.ico" if icon is None else _address(icon)


def _address(path: Path) -> str:
    """The address of an asset; it changes with the file, so the browser may keep what it got."""
    return f"/assets/{path.name}?m={path.stat().st_mtime}"
