"""The rows attribution goes by, written: aliases of teams and bindings of campaigns and accounts."""

from collections.abc import Mapping
from datetime import date, timedelta
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


def hand_over(
    connection: Connection, team_id: str | None, kind: str, external_id: str, since: date | None
) -> str | None:
    """Give an account, a campaign or an ad to a team from a day on (``None``: for all of time), taking it from others.

    What held before that day keeps holding until the day before. ``team_id`` ``None`` gives it to nobody. Answers the
    id of the new binding.
    """
    values = {"kind": kind, "external_id": external_id, "since": since,
              "before": None if since is None else since - timedelta(days=1)}
    connection.execute(text("""
        DELETE FROM campaign_bindings
        WHERE platform = 'facebook' AND kind = :kind AND external_id = :external_id
          AND (CAST(:since AS date) IS NULL OR valid_from >= :since)"""), values)
    connection.execute(text("""
        UPDATE campaign_bindings SET valid_to = :before
        WHERE platform = 'facebook' AND kind = :kind AND external_id = :external_id
          AND CAST(:since AS date) IS NOT NULL AND (valid_to IS NULL OR valid_to >= :since)"""), values)
    if team_id is None:
        return None
    return str(connection.execute(text("""
        INSERT INTO campaign_bindings (team_id, kind, external_id, valid_from)
        VALUES (CAST(:team_id AS uuid), :kind, :external_id, :since) RETURNING id"""),
        {"team_id": team_id, **values}).scalar_one())
