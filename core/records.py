"""The frozen records that cross the borders of the house: what arrived, what it means, who may see it.

Invariant: unknown is ``None``. Times are aware, money is ``Decimal`` in the unit its field names, ids of other
systems keep the type their owner gives them (amoCRM: ``int``; Facebook: ``str``, they exceed 2**53).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Role(StrEnum):
    """What a user of the product is allowed to be."""

    ADMIN = "admin"
    ANALYST = "analyst"
    TARGETOLOGIST = "targetologist"


@dataclass(frozen=True)
class Scope:
    """Whose eyes look: an argument of every report and a part of every cache key.

    ``team_id`` restricts a targetologist to one team; ``None`` with a role of all teams means everything.
    """

    user_id: str
    role: Role
    team_id: str | None = None
    team_slug: str | None = None

    @property
    def sees_all_teams(self) -> bool:
        """True for roles that read every team (admin, analyst)."""
        return self.role in (Role.ADMIN, Role.ANALYST)


@dataclass(frozen=True)
class Team:
    """A team as reports and attribution need it; ``merged_into`` is the slug of the team that took it in."""

    id: str
    slug: str
    name: str
    color: str
    emoji: str
    utm_source: str
    is_active: bool = True
    merged_into: str | None = None


@dataclass(frozen=True)
class Utm:
    """The marks of one touch, trimmed and HTML-unescaped; an empty mark is ``None``."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None
    term: str | None = None
    id: str | None = None

    @property
    def is_empty(self) -> bool:
        """True when no mark at all is known."""
        return not any((self.source, self.medium, self.campaign, self.content, self.term, self.id))


@dataclass(frozen=True)
class LandingLead:
    """One accepted submission of a landing form."""

    submitted_at: datetime
    name: str | None = None
    phone: str | None = None  # as typed
    phone_norm: str | None = None  # E.164
    email: str | None = None
    email_norm: str | None = None
    utm: Utm = Utm()
    fbclid: str | None = None
    client_id: str | None = None
    funnel: str | None = None
    amocrm_lead_id: int | None = None
    submission_id: str | None = None
    form_id: str | None = None
    form_name: str | None = None
    order_id: str | None = None
    order_amount: Decimal | None = None
    products: int = 0
    fbc: str | None = None
    fbp: str | None = None
    extra: dict[str, str] = field(default_factory=dict)  # remaining fields of the form; never cookies


@dataclass(frozen=True)
class CustomField:
    """A custom field of amoCRM; a cleared one has no values."""

    id: int
    name: str | None
    code: str | None
    values: tuple[str, ...]


@dataclass(frozen=True)
class AmocrmEvent:
    """One event of an amoCRM webhook body (a body may hold many), not yet interpreted.

    ``price`` is whole KZT; ``price_given`` tells an absent key from an empty or zero value.
    ``closed_at`` comes only with API-shaped (JSON v4) bodies.
    """

    entity: str  # leads, contacts, unsorted, message, talk, task, customers, ...
    action: str  # add, update, status, responsible, delete, restore, note, ...
    id: int | None = None
    type: str | None = None  # contacts: contact or company
    name: str | None = None
    status_id: int | None = None
    old_status_id: int | None = None
    pipeline_id: int | None = None
    old_pipeline_id: int | None = None
    price: Decimal | None = None
    price_given: bool = False
    responsible_user_id: int | None = None
    old_responsible_user_id: int | None = None
    last_modified: datetime | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    account_id: int | None = None
    tags: tuple[str, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    linked_lead_ids: tuple[int, ...] = ()
    contact_ids: tuple[int, ...] = ()
    phones_raw: tuple[str, ...] = ()
    emails_raw: tuple[str, ...] = ()
    element_id: int | None = None  # note: the lead it hangs on
    text: str | None = None  # note: what was written, with line feeds
    lead_id: int | None = None  # unsorted: the lead behind it
    uid: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class AmocrmBody:
    """A webhook body read: the account that sent it and its events in order."""

    account_id: int | None
    subdomain: str | None
    events: tuple[AmocrmEvent, ...]


@dataclass(frozen=True)
class DealEvent:
    """What one event says about one deal; the fold of all of them is the deal (``core/deals.py``)."""

    key: str
    deal_id: int
    action: str
    occurred_at: datetime  # last_modified; the receipt when the body has no time
    has_own_time: bool
    received_at: datetime
    pipeline_id: int | None = None
    status_id: int | None = None
    name: str | None = None
    price: Decimal | None = None
    price_given: bool = False
    created_at: datetime | None = None
    closed_at: datetime | None = None
    utm: Utm = Utm()
    utm_given: bool = False  # the body carried at least one field mapped to UTM or a page link
    fbclid: str | None = None
    contact_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True)
class Contact:
    """A person of amoCRM."""

    id: int
    name: str | None
    phone: str | None
    phone_norm: str | None
    email: str | None
    email_norm: str | None
    modified_at: datetime
    deal_ids: tuple[int, ...] = ()
    other_phones: tuple[str, ...] = ()  # E.164, beside phone_norm
    other_emails: tuple[str, ...] = ()


@dataclass(frozen=True)
class AdAccount:
    """A Facebook ad account; ``id`` is digits without ``act_``; ``status`` is account_status."""

    id: str
    name: str
    currency: str
    timezone: str
    status: int


@dataclass(frozen=True)
class AdCampaign:
    """A Facebook campaign."""

    id: str
    account_id: str
    name: str
    objective: str | None = None
    status: str | None = None
    effective_status: str | None = None


@dataclass(frozen=True, slots=True)     # there are hundreds of thousands of them at once
class AdDay:
    """One object of one grain on one day of its account's calendar; ``spend`` in major units of ``currency``.

    A metric that Facebook left out is ``None``.
    """

    account_id: str
    level: str  # campaign, adset or ad
    object_id: str
    name: str
    day: date
    spend: Decimal | None
    currency: str
    impressions: int | None = None
    clicks: int | None = None
    reach: int | None = None
    inline_link_clicks: int | None = None
    actions: tuple[dict[str, str], ...] = ()
    action_values: tuple[dict[str, str], ...] = ()
    campaign_id: str | None = None  # of an ad set or an ad
    adset_id: str | None = None  # of an ad


@dataclass(frozen=True)
class DayRate:
    """KZT for one USD on an Almaty day; ``is_carried`` when the bank published none and an earlier one stands."""

    day: date
    usd_to_kzt: Decimal
    source: str
    is_carried: bool = False


@dataclass(frozen=True)
class DateRange:
    """Local business days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days the range holds."""
        return (self.last - self.first).days + 1
