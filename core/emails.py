"""What is wrong with an e-mail address, said so that it can be mended."""

import re

from core.rule_book import Flaw

LONGEST = 254
_ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s.,;]{2,}")


def email_flaw(address: str, field: str = "email") -> Flaw | None:
    """The first thing wrong with an address as typed; ``None`` when mail can be sent to it."""
    typed = address.strip()
    name, at, domain = typed.rpartition("@")
    if not typed:
        return Flaw(field, "email.empty", {})
    if len(typed) > LONGEST:
        return Flaw(field, "email.too_long", {"most": LONGEST})
    if not at or not name or not domain:
        return Flaw(field, "email.no_at", {})
    if any(blank in typed for blank in " \t\n"):
        return Flaw(field, "email.blank", {})
    if "," in domain:
        return Flaw(field, "email.comma", {"domain": domain.replace(",", ".")})
    if not typed.isascii():
        letters = "".join(dict.fromkeys(letter for letter in typed if not letter.isascii()))
        return Flaw(field, "email.letters", {"letters": letters})
    if _ADDRESS.fullmatch(typed) is None:
        return Flaw(field, "email.domain", {})
    return None
