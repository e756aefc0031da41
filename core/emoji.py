"""Whether a text is one emoji: one picture on the screen, of however many code points it is made."""

import re

_VARIATION, _JOINER, _KEYCAP = "\ufe0f", "\u200d", "\u20e3"
_TONES = "\U0001F3FB-\U0001F3FF"
_FLAG_LETTERS = "\U0001F1E6-\U0001F1FF"
_TAGS = "\U000E0020-\U000E007E"
_END_OF_TAGS = "\U000E007F"
# The blocks in which Unicode keeps pictures (Extended_Pictographic, without letters and digits).
_PICTURES = ("\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
             "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001F004\U0001F0CF\U0001F170-\U0001F1E5\U0001F200-\U0001F251"
             "\U0001F300-\U0001F3FA\U0001F400-\U0001FAFF")
_ONE = f"[{_PICTURES}](?:{_VARIATION}|[{_TONES}])?(?:[{_TAGS}]+{_END_OF_TAGS})?"
_EMOJI = re.compile(
    f"(?:{_ONE}(?:{_JOINER}{_ONE})*|[{_FLAG_LETTERS}]{{2}}|[0-9#*]{_VARIATION}?{_KEYCAP}|[{_TONES}])")


def is_one_emoji(text: str) -> bool:
    """True for exactly one emoji: a family, a flag or a skin tone is one; two pictures and letters are not."""
    return _EMOJI.fullmatch(text) is not None
