"""A team while it is being typed: what its name proposes, and a sentence about each field."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.attribution_rules import Rules
from core.colours import contrast_on_page, is_colour
from core.emails import email_flaw
from core.records import Team
from core.rule_book import Flaw
from core.team_names import propose_slug, propose_source
from core.team_rules import TeamDraft, team_flaws
from core.texts import t


@dataclass(frozen=True)
class TypedTeam:
    """What stands in the form; empty is not typed yet."""

    name: str = ""
    slug: str = ""
    utm_source: str = ""
    utm_medium: str = "cpc"
    color: str = ""
    emoji: str = ""
    email: str = ""


@dataclass(frozen=True)
class FieldCheck:
    """What stands about one field."""

    field: str
    ok: bool
    message: str


@dataclass(frozen=True)
class TeamCheck:
    """The slug and UTM source as they would be, the contrast of the colour, and every typed field with its sentence."""

    slug: str
    utm_source: str
    contrast: Decimal | None
    fields: tuple[FieldCheck, ...]


def check_team(
    typed: TypedTeam, rules: Rules, day: date, own: Team | None = None, *, email_taken: bool = False
) -> TeamCheck:
    """Judge what is typed by the rules in force; ``own`` is the team that is being changed."""
    slug = typed.slug or propose_slug(typed.name)
    draft = TeamDraft(typed.name, typed.color.upper(), typed.emoji, typed.utm_source or propose_source(slug),
                      typed.utm_medium, None if own else slug)
    flaws = {flaw.field: flaw for flaw in team_flaws(draft, rules, day, own)}
    email = email_flaw(typed.email) or (Flaw("email", "problem.email_taken", {}) if email_taken else None)
    if email is not None:
        flaws["email"] = email
    asked = {"name": typed.name, "slug": slug if own is None else "", "utm_source": draft.utm_source,
             "utm_medium": typed.utm_medium, "color": typed.color, "emoji": typed.emoji, "email": typed.email}
    contrast = contrast_on_page(typed.color) if is_colour(typed.color) else None
    return TeamCheck(slug, draft.utm_source, contrast, tuple(
        _check(name, flaws.get(name), typed, contrast) for name, value in asked.items() if value))


def _check(name: str, flaw: Flaw | None, typed: TypedTeam, contrast: Decimal | None) -> FieldCheck:
    if flaw is not None:
        return FieldCheck(name, False, t(flaw.key, **flaw.values))
    if name == "color":
        return FieldCheck(name, True, t("teams.ok.color", contrast=contrast))
    proposed = name == "slug" and not typed.slug
    return FieldCheck(name, True, t(f"teams.ok.{'slug_proposed' if proposed else name}"))
