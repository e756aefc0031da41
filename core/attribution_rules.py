"""The rules of attribution as data, with the indexes that make one look-up cost the same for ten rules or a thousand.

Invariant: an index holds every rule that could match a key; nothing here decides between two of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from core.campaign_words import WordIndex, split_words
from core.records import Team

Rule = TypeVar("Rule")


def clean(mark: str | None) -> str | None:
    """A mark as rules compare it: trimmed, lower case; empty is ``None``."""
    return (mark.strip().lower() or None) if mark else None


@dataclass(frozen=True)
class Alias:
    """Another name of a team. Every condition it names must hold; ``valid_from`` and ``valid_to`` are included.

    Without ``utm_source`` it is a token looked for in campaign names. A greater ``priority`` wins among equally
    specific aliases of one source.
    """

    id: str
    team_slug: str
    utm_source: str | None = None
    utm_medium: str | None = None
    campaign_token: str | None = None
    funnel: str | None = None
    priority: int = 0
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def specificity(self) -> int:
        """How many conditions it names beside the source (or, without one, beside the token)."""
        has_period = self.valid_from is not None or self.valid_to is not None
        named = (clean(self.utm_medium), clean(self.funnel), clean(self.campaign_token), has_period)
        return sum(1 for condition in named if condition)

    def covers(self, day: date | None) -> bool:
        """True on a day of its period; without a day the period is not asked."""
        return _covers(self.valid_from, self.valid_to, day)


@dataclass(frozen=True)
class Binding:
    """A campaign, ad or ad account that belongs to a team; ``kind`` is campaign, ad or account."""

    id: str
    team_slug: str
    kind: str
    external_id: str
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, day: date | None) -> bool:
        """True on a day of its period; without a day the period is not asked."""
        return _covers(self.valid_from, self.valid_to, day)


def _covers(first: date | None, last: date | None, day: date | None) -> bool:
    return day is None or ((first is None or first <= day) and (last is None or day <= last))


@dataclass(frozen=True)
class CampaignRef:
    """A known campaign: our ``id`` (uuid), the platform's ``external_id``, and the team its spend belongs to.

    ``is_split``: it belongs to different teams on different days, ``team_slug`` being the one of today.
    """

    id: str
    external_id: str
    account_id: str
    name: str
    team_slug: str | None = None
    is_split: bool = False


@dataclass(frozen=True)
class Rules:
    """Everything attribution goes by, of one version. ``look_back_days`` bounds the match by person."""

    teams: tuple[Team, ...] = ()
    aliases: tuple[Alias, ...] = ()
    bindings: tuple[Binding, ...] = ()
    campaigns: tuple[CampaignRef, ...] = ()
    version: int = 0
    look_back_days: int = 90

    @cached_property
    def _homes(self) -> dict[str, str]:
        return {team.slug: team.merged_into for team in self.teams if team.merged_into}

    def home(self, slug: str) -> str:
        """The team that a team's marks count for: itself, or the one it was merged into, however many times."""
        seen = {slug}
        while (following := self._homes.get(slug)) is not None and following not in seen:
            slug = following
            seen.add(slug)
        return slug

    @cached_property
    def slugs_by_source(self) -> dict[str | None, list[str]]:
        """Teams' slugs by their own utm_source."""
        return {source: [team.slug for team in teams] for source, teams in _group(self.teams, _own_source).items()}

    @cached_property
    def slugs(self) -> dict[str, str]:
        """Teams' slugs by their lower-case form."""
        return {team.slug.lower(): team.slug for team in self.teams}

    @cached_property
    def aliases_by_source(self) -> dict[str | None, list[Alias]]:
        """Aliases that name a source, by it."""
        return _group((alias for alias in self.aliases if clean(alias.utm_source)), lambda a: clean(a.utm_source))

    @cached_property
    def token_aliases(self) -> WordIndex[Alias]:
        """Aliases that name a campaign token and no source."""
        return WordIndex(
            (split_words(alias.campaign_token), alias) for alias in self.aliases if not clean(alias.utm_source)
        )

    @cached_property
    def slug_words(self) -> WordIndex[str]:
        """``fb_<slug>`` as words of a campaign name."""
        return WordIndex((("fb", *split_words(team.slug)), team.slug) for team in self.teams)

    @cached_property
    def bindings_by_object(self) -> dict[tuple[str, str], list[Binding]]:
        """Bindings by (kind, id of the object)."""
        return _group(self.bindings, lambda binding: (binding.kind, bare_id(binding.external_id)))

    @cached_property
    def campaigns_by_external_id(self) -> dict[str, CampaignRef]:
        """Campaigns by the platform's id."""
        return {campaign.external_id: campaign for campaign in self.campaigns}

    @cached_property
    def campaigns_by_name(self) -> dict[str | None, list[CampaignRef]]:
        """Campaigns by their name in lower case; several may share one."""
        return _group(self.campaigns, lambda campaign: clean(campaign.name))


def bare_id(external_id: str) -> str:
    """A platform's id without blanks and without the ``act_`` of ad accounts."""
    return external_id.strip().removeprefix("act_")


def _own_source(team: Team) -> str | None:
    return clean(team.utm_source)


Key = TypeVar("Key")


def _group(rules: Iterable[Rule], key: Callable[[Rule], Key]) -> dict[Key, list[Rule]]:
    groups: dict[Key, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(key(rule), []).append(rule)
    return groups
