"""What a team may look like: its name, colour and emoji, each with the reason why a wish is refused.

Invariant: text in the colour of a team can be read on the page; an emoji is one picture, of however many code points.
"""

import re
import unicodedata

from core.colours import READABLE, contrast

LONGEST_NAME = 60
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_PAGE = "#" + 3 * "00"  # the background everything stands on
_TONE = "[\U0001F3FB-\U0001F3FF]"
_PICTURE = ("[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
            "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001F000-\U0001F1E5\U0001F200-\U0001F3FA\U0001F400-\U0001FAFF]")
_ONE = f"{_PICTURE}\ufe0f?{_TONE}?(?:[\U000E0020-\U000E007E]+\U000E007F)?"
_EMOJI = re.compile(f"(?:{_ONE}(?:\u200d{_ONE})*|[\U0001F1E6-\U0001F1FF]{{2}}|[0-9#*]\ufe0f?\u20e3)")


def name_flaw(name: str) -> str | None:
    """The key of the sentence that refuses a name; ``None`` when it will do."""
    if not name.strip():
        return "look.name_empty"
    if len(name.strip()) > LONGEST_NAME:
        return "look.name_long"
    if any(unicodedata.category(letter).startswith("C") for letter in name):
        return "look.name_letters"
    return None


def colour_flaw(colour: str) -> str | None:
    """The key of the sentence that refuses a colour; ``None`` when it will do."""
    if not _COLOUR.fullmatch(colour.strip()):
        return "look.colour_form"
    return "look.colour_dark" if colour_contrast(colour.strip()) < READABLE else None


def colour_contrast(colour: str) -> float:
    """The contrast of ``#RRGGBB`` on the page, from 1 to 21; text needs 4.5."""
    return contrast(colour, _PAGE)


def emoji_flaw(emoji: str) -> str | None:
    """The key of the sentence that refuses an emoji; ``None`` when it is one."""
    return None if _EMOJI.fullmatch(emoji.strip()) else "look.emoji_form"
