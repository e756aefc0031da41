"""Sales sent back to Facebook: what a team arranged, the outbox, and the log of what was sent.

Invariant: a deal has one event per team; a sale without an amount or without anything to know the person by waits
until it has both, as long as Facebook takes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from core.conversions import OLDEST, WonSale
from core.phones import normalize_email, normalize_phone
from data.queries import run

TOKEN_PURPOSE = "conversions_token"  # nosec B105 - the name of a purpose


@dataclass(frozen=True)
class ConversionSettings:
    """What a team arranged. ``token`` is encrypted for ``TOKEN_PURPOSE`` and the team."""

    team_id: str
    team: str
    is_on: bool
    dataset_id: str
    token: bytes
    event_name: str
    test_code: str | None
    since: datetime
    problem: str | None
    version: int
    updated_at: datetime
    updated_by: str | None


@dataclass(frozen=True)
class ConversionEvent:
    """A row of the log. ``reason`` is a kept sentence, ``matched_by`` what of the person was sent."""

    event_id: str
    deal_id: int
    event_name: str
    won_at: datetime
    value: Decimal
    currency: str
    status: str
    matched_by: tuple[str, ...]
    reason: str | None
    attempts: int
    sent_at: datetime | None
    trace: str | None


@dataclass(frozen=True)
class DueEvent:
    """An event to be sent: its row, the sale, and whether the sale still stands and is still the team's."""

    id: str
    sale: WonSale
    is_reversed: bool
    is_moved: bool


def load_conversion_settings(connection: Connection, team_slug: str | None = None) -> tuple[ConversionSettings, ...]:
    """What teams arranged, of one team or of all the viewer may see."""
    return tuple(ConversionSettings(
        str(row["team_id"]), row["team"], row["is_on"], row["dataset_id"], bytes(row["token"]), row["event_name"],
        row["test_code"], row["since"], row["problem"], row["version"], row["updated_at"], row["updated_by"])
        for row in run(connection, "conversions/settings", team=team_slug))


def save_conversion_settings(connection: Connection, team_id: str, values: dict[str, Any], version: int | None) -> bool:
    """Keep what a team arranged: is_on, dataset_id, token (``None``: as before), event_name, test_code, updated_by.

    False when somebody else changed it since ``version`` (``None``: nothing was arranged). Switched on anew, only sales
    from then on are sent.
    """
    statement = _ARRANGE if version is None else _REARRANGE
    return bool(connection.execute(statement, {**values, "team_id": team_id, "version": version}).rowcount)


_ARRANGE = text("""
    INSERT INTO conversion_settings (team_id, is_on, dataset_id, token, event_name, test_code, updated_by)
    VALUES (CAST(:team_id AS uuid), :is_on, :dataset_id, :token, :event_name, :test_code, CAST(:updated_by AS uuid))
    ON CONFLICT (team_id) DO NOTHING""")
_REARRANGE = text("""
    UPDATE conversion_settings SET
        dataset_id = :dataset_id, token = coalesce(:token, token), event_name = :event_name, test_code = :test_code,
        since = CASE WHEN :is_on AND NOT is_on THEN now() ELSE since END, is_on = :is_on, problem = NULL,
        version = version + 1, updated_by = CAST(:updated_by AS uuid), updated_at = now()
    WHERE team_id = CAST(:team_id AS uuid) AND version = :version""")


def queue_sales(connection: Connection, now: datetime, passing: Sequence[str] = ()) -> int:
    """Put the won sales that are to be sent and can be into the outbox; how many are new.

    ``passing``: the kept reasons for which a sale was not sent only as long as they hold.
    """
    return connection.execute(text("""
        INSERT INTO conversion_events AS e (team_id, sale_id, deal_id, event_id, event_name, event_time, value,
                                            currency)
        SELECT c.team_id, s.id, s.deal_id, 'deal-' || s.deal_id, c.event_name, s.sale_date, s.sale_amount, s.currency
        FROM conversion_settings c
        JOIN all_sales_tracking s ON s.team_id = c.team_id AND s.sale_date >= greatest(c.since, :oldest)
        LEFT JOIN landing_leads l ON l.id = s.landing_lead_id
        WHERE c.is_on AND NOT s.is_reversed AND s.sale_amount IS NOT NULL
          AND coalesce(s.contact_phone, s.contact_email, l.phone_norm, l.email_norm, l.fbclid) IS NOT NULL
        ON CONFLICT (team_id, event_id) DO UPDATE SET
            status = 'queued', reason = NULL, next_attempt_at = now(), sale_id = excluded.sale_id,
            event_time = excluded.event_time, value = excluded.value, currency = excluded.currency
        WHERE e.status = 'refused' AND e.reason = ANY(:passing)"""),
        {"oldest": now - OLDEST, "passing": list(passing)}).rowcount


def load_due_events(connection: Connection, team_id: str, how_many: int) -> tuple[DueEvent, ...]:
    """The events of a team whose time has come, the oldest first, held against other senders.

    A phone or an e-mail of the deal that cannot be read leaves the place to the lead's.
    """
    return tuple(DueEvent(str(row["id"]), WonSale(
        row["event_id"], row["event_name"], row["event_time"], row["value"], row["currency"].strip(),
        normalize_phone(row["phone"]) or row["lead_phone"], normalize_email(row["email"]) or row["lead_email"],
        row["person_id"], row["fbclid"], row["clicked_at"]), row["is_reversed"], row["is_moved"])
        for row in run(connection, "conversions/due", team_id=team_id, how_many=how_many))


def note_sent(connection: Connection, event_id: str, matched_by: Sequence[str], trace: str | None) -> None:
    """Note that Facebook took an event (its row)."""
    connection.execute(text("""
        UPDATE conversion_events SET status = 'sent', sent_at = now(), attempts = attempts + 1, trace = :trace,
            matched_by = :matched_by, reason = NULL
        WHERE id = CAST(:id AS uuid)"""), {"id": event_id, "trace": trace, "matched_by": list(matched_by)})


def note_given_up(connection: Connection, event_id: str, status: str, reason: str) -> None:
    """Note that an event (its row) will not be sent: refused or expired, with a kept sentence."""
    connection.execute(text("""
        UPDATE conversion_events SET status = :status, reason = :reason, attempts = attempts + 1
        WHERE id = CAST(:id AS uuid)"""), {"id": event_id, "status": status, "reason": reason})


def postpone_events(connection: Connection, event_ids: Sequence[str], seconds: float, reason: str) -> None:
    """Try these events (their rows) again later."""
    connection.execute(text("""
        UPDATE conversion_events SET attempts = attempts + 1, reason = :reason,
            next_attempt_at = now() + make_interval(secs => :seconds * least(power(2, attempts), 16))
        WHERE id = ANY(CAST(:ids AS uuid[]))"""), {"ids": list(event_ids), "seconds": seconds, "reason": reason})


def note_conversion_problem(connection: Connection, team_id: str, problem: str | None) -> None:
    """Say at a team's arrangement why nothing is sent, or that all is well."""
    connection.execute(text("UPDATE conversion_settings SET problem = :problem WHERE team_id = CAST(:id AS uuid)"
                            " AND problem IS DISTINCT FROM :problem"), {"id": team_id, "problem": problem})


def load_conversion_log(connection: Connection, team_slug: str, how_many: int) -> tuple[ConversionEvent, ...]:
    """The newest events of a team."""
    return tuple(ConversionEvent(
        row["event_id"], row["deal_id"], row["event_name"], row["event_time"], row["value"], row["currency"].strip(),
        row["status"], tuple(row["matched_by"]), row["reason"], row["attempts"], row["sent_at"], row["trace"])
        for row in run(connection, "conversions/log", team=team_slug, how_many=how_many))
