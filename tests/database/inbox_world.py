"""A small company whose deliveries a test writes by hand: bodies in, rows out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

from sqlalchemy import text

from core.business_time import BusinessCalendar
from core.records import Team
from core.settings import Settings
from data.engine import Database
from jobs.context import Cipher, JobContext
from jobs.process_inbox import process_inbox
from tests.factories import insert, make_event, make_team

EXPRESS, FLAGMAN, PROFTEST, FOREIGN = 10350882, 10418746, 8311042, 777
WON, LOST, OPEN = 142, 143, 50001
ACCOUNT = 31415926
FORM = "application/x-www-form-urlencoded"
CALENDAR = BusinessCalendar("Asia/Almaty")


def at(minute: float, day: int = 10) -> datetime:
    """A moment of March 2026: minutes after noon UTC of a day."""
    return datetime(2026, 3, day, 12, tzinfo=UTC) + timedelta(minutes=minute)


def flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    """A value as bracketed form fields."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from flat(f"{prefix}[{key}]", item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from flat(f"{prefix}[{place}]", item)
    else:
        yield prefix, str(value)


def hook(*events: tuple[str, str, dict[str, Any]], account: int | None = ACCOUNT) -> bytes:
    """A webhook body of (entity, action, fields) events."""
    tree: dict[str, dict[str, list[Any]]] = {}
    for entity, action, fields in events:
        tree.setdefault(entity, {}).setdefault(action, []).append(fields)
    pairs = [pair for entity, actions in tree.items() for pair in flat(entity, actions)]
    return urlencode(pairs + ([("account[id]", str(account))] if account else [])).encode()


def deal(deal_id: int, moment: datetime | None, status: int, pipeline: int = EXPRESS, action: str = "status",
         created: datetime | None = None, source: str | None = None, **fields: Any) -> tuple[str, str, dict[str, Any]]:
    """One event of a deal; without ``moment`` it carries ids only, as a digital pipeline sends it."""
    said: dict[str, Any] = {"id": deal_id, "status_id": status, "pipeline_id": pipeline, **fields}
    if moment is not None:
        said |= {"last_modified": int(moment.timestamp()), "date_create": int((created or at(0)).timestamp())}
    if source is not None:
        said["custom_fields"] = [{"id": 434731, "name": "utm_source", "values": [{"value": source}]}]
    return "leads", action, said


def contact(contact_id: int, moment: datetime, phone: str | None = None, email: str | None = None,
            deals: tuple[int, ...] = (), name: str = "Айгуль", **fields: Any) -> tuple[str, str, dict[str, Any]]:
    """One event of a contact tied to deals."""
    points = [{"id": number, "code": code, "values": [{"value": value, "enum": 1}]}
              for number, code, value in ((1, "PHONE", phone), (2, "EMAIL", email)) if value]
    return "contacts", "update", {
        "id": contact_id, "name": name, "type": "contact", "last_modified": int(moment.timestamp()),
        "custom_fields": points, "linked_leads_id": {number: {"ID": number} for number in deals}, **fields}


@dataclass
class Company:
    """The database of a test with two teams, and what it takes to send deliveries and work them off."""

    database: Database
    account_id: int | None = None
    teams: dict[str, Team] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.database.transaction() as connection:
            self.teams = {slug: make_team(connection, slug) for slug in ("kenesary", "muha")}

    @property
    def context(self) -> JobContext:
        settings = cast(Settings, SimpleNamespace(amocrm_account_id=self.account_id))
        return JobContext(settings, self.database, cast(Cipher, None), CALENDAR)

    def send(self, body: bytes, received_at: datetime, source: str = "amocrm", content_type: str = FORM,
             **values: Any) -> str:
        """Store a delivery as received at that moment; answers its id."""
        with self.database.transaction() as connection:
            return make_event(connection, source, body=body, received_at=received_at, content_type=content_type,
                              **values)

    def send_lead(self, received_at: datetime, source_name: str = "proftest", **fields: Any) -> str:
        """Store a landing form."""
        return self.send(json.dumps(fields, ensure_ascii=False).encode(), received_at, "landing", "application/json",
                         source_name=source_name)

    def work(self, limit: int = 500) -> int:
        """Process everything that is due; answers how many deliveries were taken."""
        taken = 0
        while found := process_inbox(self.context, limit):
            taken += found
        return taken

    def tell(self, *events: tuple[str, str, dict[str, Any]], received_at: datetime | None = None) -> str:
        """Send events in one body and work them off."""
        event_id = self.send(hook(*events), received_at or at(600))
        self.work()
        return event_id

    def rows(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows a statement answers."""
        with self.database.transaction() as connection:
            return [dict(row) for row in connection.execute(text(statement), parameters).mappings()]

    def run(self, statement: str, **parameters: Any) -> None:
        """A statement for its effect."""
        with self.database.transaction() as connection:
            connection.execute(text(statement), parameters)

    def add(self, table: str, **values: Any) -> Any:
        """Insert a row; answers its first column."""
        with self.database.transaction() as connection:
            return insert(connection, table, **values)

    def sale(self, deal_id: int, product: str = "express") -> dict[str, Any]:
        """The sale of a deal, with the slug of its team."""
        (row,) = self.rows("""
            SELECT s.*, t.slug FROM all_sales_tracking s LEFT JOIN traffic_teams t ON t.id = s.team_id
            WHERE deal_id = :deal_id AND product = :product""", deal_id=deal_id, product=product)
        return row

    def log(self, deal_id: int, product: str = "express") -> list[str]:
        """What was logged for a sale, in order."""
        return [row["action_type"] for row in self.rows("""
            SELECT l.action_type FROM sales_activity_log l JOIN all_sales_tracking s ON s.id = l.sale_id
            WHERE s.deal_id = :deal_id AND s.product = :product ORDER BY l.created_at, l.ctid""",
            deal_id=deal_id, product=product)]

    def event(self, event_id: str) -> dict[str, Any]:
        """A delivery as the inbox holds it; ``next_attempt_at`` is None when no attempt comes by itself."""
        (row,) = self.rows("""SELECT status, reason, attempts, NULLIF(next_attempt_at, 'infinity') AS next_attempt_at
                              FROM webhook_events WHERE id = CAST(:id AS uuid)""", id=event_id)
        return row

    def dirty_days(self) -> set[str]:
        """The days marked for recalculation; they are clean afterwards."""
        return {row["day"].isoformat() for row in self.rows("DELETE FROM stats_dirty_days RETURNING day")}
