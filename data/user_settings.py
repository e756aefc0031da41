"""What a person sets: UTM, notifications and the look of the team, read whole and saved part by part.

Invariant: a part is saved only over the version it was read with, by one conditional statement; version 0 means that
nothing was ever saved. Which rows and columns a viewer may change is decided by row level security and its triggers.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from core.records import Role
from core.user_settings import Notifying, OwnTeam, UserSettings, UtmDefaults
from core.utm_links import UtmTemplate
from data.people import PeopleError
from data.queries import run


def load_user_settings(connection: Connection, user_id: str) -> UserSettings | None:
    """The settings of a person the viewer may see; defaults where nothing was saved, ``None`` for nobody."""
    rows = run(connection, "settings/own", user_id=user_id)
    return _to_settings(rows[0]) if rows else None


def _to_settings(row: Mapping[str, Any]) -> UserSettings:
    templates = tuple(UtmTemplate(name=name, **{key: str(value) for key, value in marks.items()
                                                if key in ("medium", "campaign", "content", "term", "id")})
                      for name, marks in sorted(row["utm_templates"].items()))
    team = None if row["team_id"] is None else OwnTeam(
        str(row["team_id"]), row["team_slug"], row["team_name"], row["team_color"], row["team_emoji"],
        row["team_source"], row["team_version"])
    return UserSettings(
        str(row["user_id"]), row["login"], row["full_name"], Role(row["role"]), row["version"],
        UtmDefaults(row["utm_source"], row["utm_medium"], row["utm_locked"], templates),
        Notifying(row["notification_email"], row["email_enabled"], row["notification_telegram"],
                  row["telegram_enabled"], row["telegram_problem"], row["report_frequency"], row["report_hour"],
                  row["quiet_from"], row["quiet_to"]), team)


def save_own(connection: Connection, old: UserSettings, utm: UtmDefaults, notifying: Notifying) -> bool:
    """Keep UTM and notifications over the version of ``old``; ``False`` when somebody else was quicker."""
    connection.execute(text("INSERT INTO traffic_targetologist_settings (user_id, version) VALUES (:user_id, 0)"
                            " ON CONFLICT (user_id) DO NOTHING"), {"user_id": old.user_id})
    templates = {one.name: {key: value for key, value in asdict(one).items() if key != "name" and value}
                 for one in utm.templates}
    values = {**asdict(notifying), "user_id": old.user_id, "version": old.version, "source": utm.source,
              "medium": utm.medium, "locked": utm.locked, "templates": json.dumps(templates, ensure_ascii=False)}
    return connection.execute(text("""
        UPDATE traffic_targetologist_settings
        SET version = version + 1, utm_source = :source, utm_medium = :medium, utm_locked = :locked,
            utm_templates = CAST(:templates AS jsonb), notification_email = :email, email_enabled = :email_enabled,
            notification_telegram = :telegram, telegram_enabled = :telegram_enabled,
            telegram_problem = :telegram_problem, report_frequency = :frequency, report_hour = :hour,
            quiet_from = :quiet_from, quiet_to = :quiet_to, updated_at = now()
        WHERE user_id = CAST(:user_id AS uuid) AND version = :version"""), values).rowcount == 1


def save_team_look(connection: Connection, old: OwnTeam, *, name: str, color: str, emoji: str) -> bool:
    """Keep the look over the version of ``old``; ``False`` when somebody else was quicker.

    Everything that counts names the team by id, so a rename moves nothing. Raises: PeopleError for a taken name.
    """
    try:
        with connection.begin_nested():
            return connection.execute(text("""
                UPDATE traffic_teams SET name = :name, color = :color, emoji = :emoji, version = version + 1,
                       updated_at = now()
                WHERE id = CAST(:id AS uuid) AND version = :version"""),
                {"id": old.id, "version": old.version, "name": name.strip(), "color": color.strip().upper(),
                 "emoji": emoji.strip()}).rowcount == 1
    except IntegrityError as error:
        cause = error.orig.diag.constraint_name if isinstance(error.orig, psycopg.errors.IntegrityError) else None
        raise PeopleError("team_name_taken" if cause == "traffic_teams_name_key" else "invalid") from None


def connect_telegram(connection: Connection, user_id: str, chat_id: str) -> None:
    """Send the person's messages to this chat from now on."""
    connection.execute(text("""
        INSERT INTO traffic_targetologist_settings (user_id, notification_telegram) VALUES (:user_id, :chat)
        ON CONFLICT (user_id) DO UPDATE SET notification_telegram = excluded.notification_telegram,
            telegram_enabled = true, telegram_problem = NULL, updated_at = now(),
            version = traffic_targetologist_settings.version + 1"""), {"user_id": user_id, "chat": chat_id})


def confirm_email(connection: Connection, user_id: str, address: str) -> None:
    """Send the person's mails to this address, which has been proven to be his, from now on."""
    connection.execute(text("""
        INSERT INTO traffic_targetologist_settings (user_id, notification_email) VALUES (:user_id, :address)
        ON CONFLICT (user_id) DO UPDATE SET notification_email = excluded.notification_email, email_enabled = true,
            updated_at = now(), version = traffic_targetologist_settings.version + 1"""),
        {"user_id": user_id, "address": address})


def note_telegram_problem(connection: Connection, chat_id: str, problem: str) -> int:
    """Remember that a chat takes no more messages (``blocked``, ``not_found``); how many people that concerns."""
    return connection.execute(text("UPDATE traffic_targetologist_settings SET telegram_problem = :problem"
                                   " WHERE notification_telegram = :chat"),
                              {"chat": chat_id, "problem": problem}).rowcount


def move_telegram_chat(connection: Connection, chat_id: str, new_id: str) -> None:
    """A group has become a supergroup and has another id."""
    connection.execute(text("UPDATE traffic_targetologist_settings SET notification_telegram = :new"
                            " WHERE notification_telegram = :old"), {"old": chat_id, "new": new_id})


def load_last_change(connection: Connection, object_type: str, object_id: str) -> tuple[str | None, datetime] | None:
    """Who changed a thing last, and when, for a viewer who may read the audit log; else ``None``."""
    rows = run(connection, "settings/last_change", object_type=object_type, object_id=object_id)
    return (rows[0]["name"], rows[0]["happened_at"]) if rows else None
