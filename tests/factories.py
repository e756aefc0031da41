"""Rows a test needs, with believable defaults; each function takes a connection and answers what it made.

They write as the workers do (``db_jobs``), so rows of any team can be made.
"""

import itertools
import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from core.records import Role, Team
from data.people import User, create_team, create_user

_numbers = itertools.count(1)
ALMATY = timezone(timedelta(hours=5))  # enough for the days tests use: after 2024-03-01


def insert(connection: Connection, table: str, **values: Any) -> Any:
    """Insert one row; dicts and lists of dicts become jsonb. Answers the value of the first column."""
    ready = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in values.items()}
    columns = ", ".join(ready)
    places = ", ".join(f"CAST(:{name} AS jsonb)" if isinstance(values[name], dict) else f":{name}" for name in ready)
    row = connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING *"), ready).one()
    return row[0]


def make_team(connection: Connection, slug: str | None = None, **values: Any) -> Team:
    """A team; the UTM source is ``fb_<slug>`` unless given."""
    slug = slug or f"team{next(_numbers)}"
    given = {"name": slug.capitalize(), "color": "#00FF88", "emoji": "🚀", "utm_source": f"fb_{slug}", **values}
    return create_team(connection, slug=slug, **given)


def make_user(connection: Connection, role: Role = Role.ADMIN, team: Team | None = None, **values: Any) -> User:
    """A user whose password is nobody's unless ``password_hash`` is given."""
    given = {"email": f"user{next(_numbers)}@example.com", "password_hash": "!", **values}
    return create_user(connection, role=role, team_id=team.id if team else None, **given)


def make_alias(connection: Connection, team: Team, **values: Any) -> str:
    """An alias of a team, by ``utm_source`` and others of its columns."""
    return str(insert(connection, "team_aliases", team_id=team.id, **values))


def make_binding(connection: Connection, team: Team, kind: str, external_id: str) -> str:
    """Bind an account, a campaign or an ad to a team."""
    return str(insert(connection, "campaign_bindings", team_id=team.id, kind=kind, external_id=external_id))


def make_account(connection: Connection, account_id: str | None = None, **values: Any) -> str:
    """A selected ad account in USD; answers its account id (digits)."""
    account_id = account_id or str(100000 + next(_numbers))
    given = {"currency": "USD", "timezone": "Asia/Almaty", "is_selected": True, "name": f"Account {account_id}",
             **values}
    insert(connection, "ad_accounts", account_id=account_id, **given)
    return account_id


def make_connection(connection: Connection, user: User, token: bytes = b"sealed", accounts: Sequence[str] = (),
                    **values: Any) -> str:
    """A connection to Facebook that reaches these accounts (and wants them read); answers its id."""
    given = {"facebook_user_id": str(6000 + next(_numbers)), "name": "Person", "scopes": ["ads_read"], **values}
    connection_id = str(insert(connection, "facebook_connections", user_id=user.id, token=token, **given))
    for account_id in accounts:
        insert(connection, "facebook_account_links", connection_id=connection_id, user_id=user.id,
               account_id=account_id, is_selected=True)
    return connection_id


def make_campaign(
    connection: Connection, team: Team | None = None, campaign_id: str | None = None, account_id: str = "100",
    **values: Any,
) -> str:
    """A campaign; answers its key in our database (uuid)."""
    campaign_id = campaign_id or str(120000000000000000 + next(_numbers))
    given = {"name": f"campaign {campaign_id}", **values}
    return str(insert(connection, "ad_campaigns", campaign_id=campaign_id, account_id=account_id,
                      team_id=team.id if team else None, **given))


def make_ad_day(connection: Connection, campaign_id: str, day: date, spend: str = "10.00", **values: Any) -> None:
    """A day of a campaign (the platform's id) as Facebook reports it."""
    given = {"account_id": "100", "level": "campaign", "currency": "USD", "impressions": 1000, "clicks": 20, **values}
    insert(connection, "ad_statistics", object_id=campaign_id, stat_date=day, spend=Decimal(spend), **given)


def make_rate(connection: Connection, day: date, usd_to_kzt: str = "500.0000", **values: Any) -> None:
    """The exchange rate of a day."""
    insert(connection, "exchange_rates", date=day, usd_to_kzt=Decimal(usd_to_kzt), **{"source": "test", **values})


def make_event(connection: Connection, source: str = "landing", **values: Any) -> str:
    """A stored webhook event."""
    given = {"body": b"phone=87010000000", "dedup_key": uuid.uuid4().hex, **values}
    return str(insert(connection, "webhook_events", source=source, **given))


def make_lead(connection: Connection, team: Team | None = None, day: date = date(2026, 1, 15), **values: Any) -> str:
    """A landing lead, attributed to ``team`` or to nobody; answers its id."""
    number = next(_numbers)
    given = {"phone": f"8701{number:07d}", "phone_norm": f"+7701{number:07d}", "created_at": noon(day), **values}
    lead_id = str(insert(connection, "landing_leads", **given))
    insert(connection, "lead_tracking", lead_id=lead_id, lead_day=day, team_id=team.id if team else None,
           team_name=team.name if team else None, attribution_method="utm_exact" if team else None,
           reason=None if team else "no_utm", utm_source=given.get("utm_source"))
    return lead_id


def make_sale(
    connection: Connection, team: Team | None = None, day: date = date(2026, 1, 15), amount: str | None = "5000",
    product: str = "express", **values: Any,
) -> str:
    """A won deal with its row in the product's table and in all_sales_tracking; answers the id of the latter."""
    tables = {"express": "express_course_sales", "flagman": "main_product_sales"}
    table = tables.get(product, "other_product_sales")
    deal_id = values.pop("deal_id", 5_000_000 + next(_numbers))
    price = None if amount is None else Decimal(amount)
    pipelines = {"express": 10350882, "flagman": 10418746, "challenge3d": 9777626, "intensive1d": 9820886}
    pipeline_id = pipelines[product]
    of_product = {} if table in tables.values() else {"product": product}
    insert(connection, table, deal_id=deal_id, pipeline_id=pipeline_id, status_id=142, amount=price,
           sale_date=noon(day), status_changed_at=noon(day), **of_product)
    given = {"team_id": team.id if team else None, "team_name": team.name if team else None,
             "reason": None if team else "no_utm", **values}
    return str(insert(connection, "all_sales_tracking", source_table=table, deal_id=deal_id, product=product,
                      sale_amount=price, pipeline_id=pipeline_id, status_id=142, sale_date=noon(day), sale_day=day,
                      webhook_received_at=noon(day), **given))


def make_stat(connection: Connection, team: Team | None, day: date, **values: Any) -> str:
    """A row of the calculated statistics."""
    given = {"spend_usd": Decimal(10), "spend_kzt": Decimal(5000), "leads": 3, **values}
    return str(insert(connection, "traffic_stats", stat_date=day, team_id=team.id if team else None,
                      team=team.name if team else None, **given))


def noon(day: date) -> datetime:
    """Noon of a local business day."""
    return datetime.combine(day, time(12), ALMATY)
