"""The look for what is not drawn by CSS: Plotly's template, colours of teams and of ramps.

Invariant: no colour is written here; all of them are read from ``assets/00-tokens.css``.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.texts import NO_BREAK, current_locale

TOKENS_FILE = Path(__file__).resolve().parent.parent / "assets" / "00-tokens.css"
TEAM_COLOURS = ("violet", "sky", "pink", "teal", "lemon", "coral", "periwinkle", "sand")
CLEAR = "clear"

_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_REFERENCE = re.compile(r"var\(--([\w-]+)\)")


class UnknownToken(KeyError):
    """A token that the style sheet does not have."""


@lru_cache(maxsize=1)
def load_tokens() -> dict[str, str]:
    """All tokens by name without the dashes; references to other tokens are resolved."""
    found = dict(_TOKEN.findall(_COMMENT.sub("", TOKENS_FILE.read_text(encoding="utf-8"))))
    return {name: _REFERENCE.sub(lambda match: found[match[1]], value.strip()) for name, value in found.items()}


def token(name: str) -> str:
    """The value of a token. Raises ``UnknownToken``."""
    try:
        return load_tokens()[name]
    except KeyError as missing:
        raise UnknownToken(name) from missing


def pixels(name: str) -> int:
    """A token that is a length in pixels, as a number."""
    return int(token(name).removesuffix("px"))


@lru_cache(maxsize=8)
def ramp(kind: str) -> tuple[str, ...]:
    """The stops of a ramp: ``seq`` for counts, ``div`` for figures around zero, from the lowest to the highest."""
    return tuple(value for name, value in load_tokens().items() if re.fullmatch(rf"{kind}-\d", name))


def team_colour(color: str | None) -> str:
    """A team's own colour; the unattributed rest is grey."""
    return color or token("t-none")


def axis_font(color: str | None = None) -> dict[str, Any]:
    """The font of figures on axes."""
    return {"family": token("mono"), "size": pixels("size-axis"), "color": color or token("c-axis")}


def plotly_template() -> dict[str, Any]:
    """The template of every figure: colours, fonts, quiet axes; separators as the viewer's language has them."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": axis_font(),
        "fixedrange": True,
        "automargin": False,
        "ticklabelstandoff": 6,
        "showspikes": False,
    }
    return {
        "layout": {
            "paper_bgcolor": token(CLEAR),
            "plot_bgcolor": token(CLEAR),
            "font": {"family": token("sans"), "size": 12, "color": token("text-2")},
            "separators": ".," if current_locale() == "en" else f",{NO_BREAK}",
            "xaxis": axis,
            "yaxis": {**axis, "showgrid": True, "gridcolor": token("c-grid")},
            "hoverlabel": {
                "bgcolor": token("raised"),
                "bordercolor": token("border-on"),
                "font": {"family": token("sans"), "size": 12, "color": token("text")},
                "align": "left",
            },
            "hovermode": "x unified",
            "showlegend": False,
            "margin": {"l": 44, "r": 48, "t": 14, "b": 28},
            "colorway": [token(f"t-{name}") for name in TEAM_COLOURS],
        },
    }
