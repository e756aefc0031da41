"""Which team a lead, a sale or a campaign belongs to, and why: one pure engine, the first step that says anything wins.

Steps: (manual: the caller leaves locked rows alone), utm_exact, alias, fb_slug, campaign_binding, campaign_token,
person_match (sales only), else unattributed with a reason.
Invariant: two teams at one step end the search without a team, with both as candidates; the order of rules, campaigns
or leads in their lists never matters; a source that no rule knows never becomes a team.

Reasons. ``ambiguous``: as above. ``unknown_source``: there are marks, and no rule knows them. ``no_utm``: no marks, and
for a sale nothing known of the person either. ``no_person``: a sale without marks whose person brought no attributed
lead in time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.attribution_rules import Alias, Binding, CampaignRef, Rules, bare_id, clean
from core.campaign_words import split_words
from core.records import Utm

__all__ = [
    "Alias", "Attribution", "Binding", "CampaignRef", "PersonLead", "Rules", "Touch",
    "attribute_campaign", "attribute_deal", "attribute_touch", "decide_by_marks", "decide_each", "match_campaign",
    "unmet_conditions",
]

METHODS = ("manual", "utm_exact", "alias", "fb_slug", "campaign_binding", "campaign_token", "person_match")
REASONS = ("no_utm", "unknown_source", "ambiguous", "no_person")
_CONFIDENCE = {
    "utm_exact": "high", "alias": "high", "fb_slug": "medium", "campaign_binding": "medium", "campaign_token": "medium",
}


@dataclass(frozen=True)
class Touch:
    """One moment at which a person came with marks: the marks, the local day, the funnel (form or pipeline)."""

    utm: Utm
    day: date
    funnel: str | None = None


@dataclass(frozen=True)
class PersonLead:
    """A lead of the person who bought; ``by`` tells how it was found: contact, phone or email."""

    lead_id: str
    created_at: datetime
    team_slug: str | None
    by: str
    campaign_id: str | None = None


@dataclass(frozen=True)
class Attribution:
    """The team or the reason why there is none, and what decided it.

    ``rule_id`` is the id of the alias or binding, or ``team:<slug>``, ``slug:<slug>``, ``campaign:<platform id>``,
    ``lead:<id>``. ``campaign_id`` is the known campaign the marks name, with or without a team.
    """

    team_slug: str | None
    method: str | None = None
    confidence: str | None = None
    rule_id: str | None = None
    reason: str | None = None
    candidates: tuple[str, ...] = ()
    lead_id: str | None = None
    campaign_id: str | None = None


def decide_by_marks(touch: Touch, rules: Rules) -> Attribution | None:
    """What the marks alone say (a team, or that they are ambiguous); ``None`` when no rule knows them."""
    return _by_marks(touch, rules)


def attribute_touch(touch: Touch, rules: Rules) -> Attribution:
    """The team of a lead by its own marks."""
    return _by_marks(touch, rules) or _unattributed("no_utm" if touch.utm.is_empty else "unknown_source", touch, rules)


def attribute_deal(
    touch: Touch, sold_at: datetime, person_leads: Sequence[PersonLead], rules: Rules, *, person_known: bool = True
) -> Attribution:
    """The team of a sale: the deal's own marks, else the last attributed lead of the same person before it.

    ``sold_at`` is the moment of the sale (for a deal not won yet, of its creation). ``person_known`` is false when the
    deal has no contact, phone or e-mail at all. Ambiguous marks are not settled by the person.
    """
    own = _by_marks(touch, rules) or _by_person(touch, sold_at, person_leads, rules)
    if own is not None:
        return own
    if not touch.utm.is_empty:
        return _unattributed("unknown_source", touch, rules)
    return _unattributed("no_person" if person_known else "no_utm", touch, rules)


def attribute_campaign(campaign: CampaignRef, day: date | None, rules: Rules) -> Attribution:
    """The team of a campaign's spend: its name, else a binding of the campaign, else of its ad account.

    Without a ``day`` the periods of rules are not asked. Aliases that also ask for a source, medium or funnel say
    nothing here: spend has none.
    """
    words = split_words(campaign.name)
    tokens = [
        alias for alias in rules.token_aliases.find(words)
        if alias.covers(day) and not clean(alias.utm_medium) and not clean(alias.funnel)
    ]
    slugs = list(rules.slug_words.find_longest(words))
    if tokens or slugs:
        by_token = {alias.team_slug for alias in tokens}
        method, rule = ("campaign_token", _first_id(tokens)) if tokens else ("fb_slug", f"slug:{slugs[0]}")
        return _one_team(by_token.union(slugs), method, rule, campaign.id, rules)
    for kind, external_id in (("campaign", campaign.external_id), ("account", campaign.account_id)):
        bound = _bindings(kind, external_id, day, rules)
        if bound:
            return _one_team({b.team_slug for b in bound}, "campaign_binding", _first_id(bound), campaign.id, rules)
    return Attribution(None, reason="unknown_source", campaign_id=campaign.id)


def match_campaign(utm: Utm, rules: Rules) -> CampaignRef | None:
    """The known campaign that marks name: by the platform's id, else by a name that only one campaign has."""
    for mark in (utm.id, utm.campaign, utm.content):
        campaign = rules.campaigns_by_external_id.get(mark.strip()) if mark else None
        if campaign is not None:
            return campaign
    named = rules.campaigns_by_name.get(clean(utm.campaign), []) if utm.campaign else []
    return named[0] if len(named) == 1 else None


def _by_marks(touch: Touch, rules: Rules) -> Attribution | None:
    """Steps 2 to 6."""
    return next((found for _, found in decide_each(touch, rules) if found is not None), None)


def decide_each(touch: Touch, rules: Rules) -> Iterator[tuple[str, Attribution | None]]:
    """What each step would say of the marks alone, in the order in which they are asked; the first that speaks wins."""
    if touch.utm.is_empty:
        return
    campaign = match_campaign(touch.utm, rules)
    for method, step in _MARK_STEPS:
        yield method, step(touch, campaign.id if campaign else None, rules)


def _by_source(touch: Touch, campaign_id: str | None, rules: Rules) -> Attribution | None:
    source = clean(touch.utm.source)
    owners = rules.slugs_by_source.get(source) if source else None
    return _one_team(owners, "utm_exact", f"team:{min(owners)}", campaign_id, rules) if owners else None


def _by_alias(touch: Touch, campaign_id: str | None, rules: Rules) -> Attribution | None:
    source = clean(touch.utm.source)
    fitting = [one for one in rules.aliases_by_source.get(source, ()) if _fits(one, touch)] if source else []
    if not fitting:
        return None
    best = max((alias.specificity, alias.priority) for alias in fitting)
    winners = [alias for alias in fitting if (alias.specificity, alias.priority) == best]
    return _one_team({alias.team_slug for alias in winners}, "alias", _first_id(winners), campaign_id, rules)


def _fits(alias: Alias, touch: Touch) -> bool:
    """True when every condition beside the source holds."""
    return not unmet_conditions(alias, touch)


def unmet_conditions(alias: Alias, touch: Touch) -> tuple[str, ...]:
    """The conditions of an alias, beside its source, that a touch does not meet: medium, funnel, period, token."""
    medium, funnel, token = clean(alias.utm_medium), clean(alias.funnel), split_words(alias.campaign_token)
    words = split_words(touch.utm.campaign) if token else ()
    unmet = {
        "medium": bool(medium) and medium != clean(touch.utm.medium),
        "funnel": bool(funnel) and funnel != clean(touch.funnel),
        "period": not alias.covers(touch.day),
        "token": bool(token) and not any(words[at:at + len(token)] == token for at in range(len(words)))}
    return tuple(name for name, is_unmet in unmet.items() if is_unmet)


def _by_slug(touch: Touch, campaign_id: str | None, rules: Rules) -> Attribution | None:
    """``fb_<slug>`` with anything after a following ``_`` or ``-``; the longest slug wins."""
    source = clean(touch.utm.source)
    if source is None or not source.startswith("fb_"):
        return None
    rest = source.removeprefix("fb_")
    for end in range(len(rest), 0, -1):
        if end == len(rest) or rest[end] in "_-":
            slug = rules.slugs.get(rest[:end])
            if slug is not None:
                return _one_team({slug}, "fb_slug", f"slug:{slug}", campaign_id, rules)
    return None


def _by_binding(touch: Touch, campaign_id: str | None, rules: Rules) -> Attribution | None:
    """The teams of every campaign or ad whose id stands in a mark; they must agree."""
    teams: dict[str, str] = {}
    for mark in (touch.utm.id, touch.utm.campaign, touch.utm.content):
        for team_slug, rule_id in _owners_of(mark.strip(), touch.day, rules) if mark else ():
            teams[team_slug] = min(teams.get(team_slug, rule_id), rule_id)
    return _one_team(teams, "campaign_binding", min(teams.values()), campaign_id, rules) if teams else None


def _owners_of(external_id: str, day: date, rules: Rules) -> list[tuple[str, str]]:
    """(team, rule) of a campaign or ad: its own binding, else the campaign's team, else the ad account's binding."""
    bound = [b for kind in ("ad", "campaign") for b in _bindings(kind, external_id, day, rules)]
    campaign = rules.campaigns_by_external_id.get(external_id)
    if not bound and campaign is not None:
        # A campaign that was handed on is the team's it belonged to on the day of the touch.
        slug = attribute_campaign(campaign, day, rules).team_slug if campaign.is_split else campaign.team_slug
        if slug is not None:
            return [(slug, f"campaign:{campaign.external_id}")]
        bound = _bindings("account", campaign.account_id, day, rules)
    return [(binding.team_slug, binding.id) for binding in bound]


def _bindings(kind: str, external_id: str, day: date | None, rules: Rules) -> list[Binding]:
    return [b for b in rules.bindings_by_object.get((kind, bare_id(external_id)), ()) if b.covers(day)]


def _by_token(touch: Touch, campaign_id: str | None, rules: Rules) -> Attribution | None:
    if not touch.utm.campaign or not rules.token_aliases:
        return None
    found = [alias for alias in rules.token_aliases.find(split_words(touch.utm.campaign)) if _fits(alias, touch)]
    if not found:
        return None
    return _one_team({a.team_slug for a in found}, "campaign_token", _first_id(found), campaign_id, rules)


_MARK_STEPS = (("utm_exact", _by_source), ("alias", _by_alias), ("fb_slug", _by_slug),
               ("campaign_binding", _by_binding), ("campaign_token", _by_token))


def _by_person(touch: Touch, sold_at: datetime, leads: Iterable[PersonLead], rules: Rules) -> Attribution | None:
    """Step 7. An e-mail is a weak sign of the same person: it is asked only when contact and phone find nothing."""
    oldest = sold_at - timedelta(days=rules.look_back_days)
    usable = [lead for lead in leads if lead.team_slug is not None and oldest <= lead.created_at < sold_at]
    usable = [lead for lead in usable if lead.by != "email"] or usable
    if not usable:
        return None
    last_moment = max(lead.created_at for lead in usable)
    last = [lead for lead in usable if lead.created_at == last_moment]
    teams = sorted({rules.home(lead.team_slug) for lead in last if lead.team_slug is not None})
    named = match_campaign(touch.utm, rules)
    own_campaign = named.id if named else None
    if len(teams) > 1:
        return Attribution(None, reason="ambiguous", candidates=tuple(teams), campaign_id=own_campaign)
    lead = min(last, key=lambda one: one.lead_id)
    return Attribution(
        team_slug=teams[0], method="person_match", confidence="low" if lead.by == "email" else "medium",
        rule_id=f"lead:{lead.lead_id}", lead_id=lead.lead_id, campaign_id=lead.campaign_id or own_campaign,
    )


def _one_team(
    slugs: Iterable[str], method: str, rule_id: str, campaign_id: str | None, rules: Rules
) -> Attribution:
    """Teams that were merged are one, so they never make marks ambiguous."""
    teams = tuple(sorted({rules.home(slug) for slug in slugs}))
    if len(teams) > 1:
        return Attribution(None, reason="ambiguous", candidates=teams, campaign_id=campaign_id)
    return Attribution(teams[0], method, _CONFIDENCE[method], rule_id, campaign_id=campaign_id)


def _unattributed(reason: str, touch: Touch, rules: Rules) -> Attribution:
    campaign = match_campaign(touch.utm, rules)
    return Attribution(None, reason=reason, campaign_id=campaign.id if campaign else None)


def _first_id(rules: Sequence[Alias] | Sequence[Binding]) -> str:
    """The rule that is named when several of one team agree: the smallest id, whatever their order."""
    return min(rule.id for rule in rules)
