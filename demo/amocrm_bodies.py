"""amoCRM events as the bytes of its webhooks: nested form keys, everything text, values HTML-escaped.

Invariant: ``last_modified`` and ``date_create`` are the event's own times in unix seconds; bodies of a digital
pipeline and deletions have none.
"""

from functools import lru_cache
from html import escape

from core.records import Utm
from demo.contacts import ContactCard
from demo.deals import Deal
from demo.stories import Change
from demo.wire import quoted

ACCOUNT_ID = 31415926
SUBDOMAIN = "demoacademy"
_UTM_FIELDS = (("source", 434731, "UTM_SOURCE"), ("medium", 434727, "UTM_MEDIUM"), ("campaign", 434729, "UTM_CAMPAIGN"),
               ("content", 434725, "UTM_CONTENT"), ("term", 434733, "UTM_TERM"))  # fmt: skip
REFERRER_FIELD, FBCLID_FIELD = 434735, 434761
PHONE_FIELD, EMAIL_FIELD = 104411, 104413
_ACCOUNT = (
    f"account%5Bsubdomain%5D={SUBDOMAIN}&account%5Bid%5D={ACCOUNT_ID}"
    f"&account%5B_links%5D%5Bself%5D=https%3A%2F%2F{SUBDOMAIN}.amocrm.ru"
)
_MANAGERS = (9040358, 9040361, 9040377, 0)

# id, name, code, value
Field = tuple[int, str, str | None, str]


class Body:
    """A webhook body being written: events are added, each entity and action counts its own indexes."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._counts: dict[str, int] = {}

    def _prefix(self, entity: str, action: str) -> str:
        key = f"{entity}%5B{action}%5D"
        place = self._counts.get(key, 0)
        self._counts[key] = place + 1
        return f"{key}%5B{place}%5D%5B"

    def add_change(self, deal: Deal, change: Change) -> None:
        """One event of a deal, and its twin when it has one."""
        self._parts.append(self._lead(deal, change, change.action))
        if change.has_twin and change.action == "status":
            self._parts.append(self._lead(deal, change, "update"))

    def _lead(self, deal: Deal, change: Change, action: str) -> str:
        prefix = self._prefix("leads", action)
        if change.only_ids or action == "delete":
            fields = [("id", str(deal.id)), ("status_id", str(change.status)), ("pipeline_id", str(change.pipeline))]
            if change.only_ids:
                fields.append(("old_status_id", str(change.old_status)))
                fields.append(("old_pipeline_id", str(change.old_pipeline or change.pipeline)))
            return "&".join(f"{prefix}{name}%5D={value}" for name, value in fields)
        modified, created = int(change.at.timestamp()), int(deal.created_at.timestamp())
        manager = str(_MANAGERS[deal.id % 4])
        fields = [("id", str(deal.id)), ("name", _quoted(deal.name)), ("status_id", str(change.status))]
        if change.old_status is not None:
            fields.append(("old_status_id", str(change.old_status)))
        if change.price is not None:
            fields.append(("price", change.price))
        fields += [
            ("responsible_user_id", manager), ("last_modified", str(modified)), ("modified_user_id", manager),
            ("created_user_id", "0"), ("date_create", str(created)), ("pipeline_id", str(change.pipeline)),
        ]  # fmt: skip
        if change.old_pipeline is not None:
            fields.append(("old_pipeline_id", str(change.old_pipeline)))
        fields.append(("account_id", str(ACCOUNT_ID)))
        parts = [f"{prefix}{name}%5D={value}" for name, value in fields]
        parts += _custom_fields(prefix, lead_fields(deal))
        parts += [f"{prefix}created_at%5D={created}", f"{prefix}updated_at%5D={modified}"]
        return "&".join(parts)

    def add_contact(self, card: ContactCard, deal_ids: tuple[int, ...], at: int, action: str) -> None:
        """A contact card with its phone, its e-mail and the deals tied to it by then; ``at`` in unix seconds."""
        prefix = self._prefix("contacts", action)
        created = min(at, int(card.links[0][0].timestamp()))
        fields = [
            ("id", str(card.id)), ("name", _quoted(card.person.name)), ("responsible_user_id", "0"),
            ("date_create", str(created)), ("last_modified", str(at)), ("created_user_id", "0"),
            ("modified_user_id", "0"), ("account_id", str(ACCOUNT_ID)),
        ]  # fmt: skip
        typed: list[Field] = []
        if card.phone is not None:
            typed.append((PHONE_FIELD, "Телефон", "PHONE", card.phone))
        if card.email is not None:
            typed.append((EMAIL_FIELD, "Email", "EMAIL", card.email))
        parts = [f"{prefix}{name}%5D={value}" for name, value in fields]
        parts += _custom_fields(prefix, typed)
        parts += [f"{prefix}linked_leads_id%5D%5B{deal_id}%5D%5BID%5D={deal_id}" for deal_id in deal_ids]
        parts += [f"{prefix}created_at%5D={created}", f"{prefix}updated_at%5D={at}", f"{prefix}type%5D=contact"]
        self._parts.append("&".join(parts))

    def content(self, account_first: bool = True) -> bytes:
        """The body as sent; the place of the account block has changed over the years."""
        parts = [_ACCOUNT, *self._parts] if account_first else [*self._parts, _ACCOUNT]
        return "&".join(parts).encode("ascii")

    def short_content(self) -> bytes:
        """The body as a digital pipeline sends it: the account last and without links."""
        return "&".join(
            [*self._parts, f"account%5Bid%5D={ACCOUNT_ID}", f"account%5Bsubdomain%5D={SUBDOMAIN}"]
        ).encode("ascii")


def page_link(utm: Utm) -> str:
    """The address of the page with the marks in its query."""
    pairs = [(f"utm_{name}", getattr(utm, name)) for name, _, _ in _UTM_FIELDS]
    query = "&".join(f"{name}={quoted(value.strip())}" for name, value in pairs if value is not None)
    return f"https://demo-academy.example/express?{query}"


def lead_fields(deal: Deal) -> list[Field]:
    """The custom fields of a deal as (id, name, code, value), unescaped."""
    if not deal.mark.fits_deal and deal.mark.utm.is_empty:
        return []
    if deal.link_mark:
        return [(REFERRER_FIELD, "Ссылка на страницу", "REFERRER", page_link(deal.mark.utm))]
    found: list[Field] = []
    for name, field_id, code in _UTM_FIELDS:
        value = getattr(deal.mark.utm, name)
        if value is not None:
            found.append((field_id, f"utm_{name}", code, value))
    if deal.mark.fbclid:
        found.append((FBCLID_FIELD, "fbclid", "FBCLID", deal.mark.fbclid))
    return found


def _custom_fields(prefix: str, fields: list[Field]) -> list[str]:
    parts = []
    for place, (field_id, name, code, value) in enumerate(fields):
        start = f"{prefix}custom_fields%5D%5B{place}%5D%5B"
        parts.append(f"{start}id%5D={field_id}&{start}name%5D={_quoted(name)}")
        parts.append(f"{start}values%5D%5B0%5D%5Bvalue%5D={_quoted(value)}")
        if code is not None:
            parts.append(f"{start}code%5D={code}")
    return parts


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return quoted(escape(text, quote=True))
