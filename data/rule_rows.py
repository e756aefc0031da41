"""The rows attribution goes by, written: aliases of teams and bindings of campaigns and accounts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

ALIAS_COLUMNS = ("utm_source", "utm_medium", "campaign_token", "funnel", "priority", "valid_from", "valid_to", "note")


def save_alias(connection: Connection, team_id: str, values: Mapping[str, Any]) -> str:
    """Add an alias of a team; ``values`` by ``ALIAS_COLUMNS``, marks in lower case. Answers its id."""
    given = {column: values.get(column) for column in ALIAS_COLUMNS}
    return str(connection.execute(text("""
        INSERT INTO team_aliases (team_id, utm_source, utm_medium, campaign_token, funnel, priority, valid_from,
                                  valid_to, note)
        VALUES (:team_id, :utm_source, :utm_medium, :campaign_token, :funnel, coalesce(:priority, 0), :valid_from,
                :valid_to, coalesce(:note, ''))
        RETURNING id"""), {"team_id": team_id, **given}).scalar_one())


def save_binding(connection: Connection, team_id: str, kind: str, external_id: str) -> str:
    """Bind an ``account``, a ``campaign`` or an ``ad`` of Facebook to a team. Answers its id."""
    return str(connection.execute(text("""
        INSERT INTO campaign_bindings (team_id, kind, external_id) VALUES (:team_id, :kind, :external_id)
        RETURNING id"""), {"team_id": team_id, "kind": kind, "external_id": external_id}).scalar_one())
