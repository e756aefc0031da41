"""The tab "Notifications" of the settings: where and when a person is told things."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.forms import (
    create_api_button,
    create_api_form,
    create_choice_field,
    create_switch_field,
    create_text_field,
)
from components.frames import create_card, create_icon
from core.texts import format_moment, t
from core.user_settings import Notifying, UserSettings

SETTINGS_API = "/api/traffic-admin/settings"
TICK_MILLISECONDS = 3000
NO_HOUR = " "   # an empty value would be no choice to a select, and is no number to the form either way


@dataclass(frozen=True)
class ChannelView:
    """What of the channels works here, and what waits: times in the zone of the business."""

    mail_ready: bool
    bot: str | None
    email_pending: str | None
    code_until: datetime | None


def create_notify_tab(settings: UserSettings, channels: ChannelView) -> html.Div:
    """The whole tab: one form, and what proves that a channel works."""
    return html.Div(
        [
            create_card(t("notify.title"), _form(settings, channels), unit=t("notify.unit"), class_name="c8"),
            html.Div(
                [
                    create_card("E-mail", _mail(settings, channels), unit=t("notify.mail.unit"), class_name=""),
                    create_card("Telegram", _telegram(settings.notifying, channels), unit=t("notify.telegram.unit"),
                                class_name=""),
                ],
                className="c4 stack",
            ),
            dcc.Store(id=ids.NOTIFY_VERSION, data=settings.version),
            dcc.Store(id=ids.NOTIFY_BOT_LINK),
            dcc.Interval(id=ids.NOTIFY_TICK, interval=TICK_MILLISECONDS, disabled=channels.code_until is None),
        ],
        className="grid",
    )


def _form(settings: UserSettings, channels: ChannelView) -> Any:
    one = settings.notifying
    hours = [(str(hour), f"{hour:02}:00") for hour in range(24)]
    quiet = [(NO_HOUR, t("notify.no_quiet")), *hours]
    frequencies = [(name, t(f"notify.frequency.{name}")) for name in ("daily", "weekly", "monthly")]
    mail = channels.email_pending or one.email or settings.login
    fields = [
        html.Div([
            create_text_field("notifications.email", t("notify.email"), mail, t("notify.email_hint"), kind="email",
                              autocomplete="email", max_length=254),
            create_text_field("notifications.telegram", t("notify.chat"), one.telegram or "", t("notify.chat_hint"),
                              kind="null_text", max_length=20),
            create_switch_field("notifications.email_enabled", t("notify.email_on"), one.email_enabled),
            create_switch_field("notifications.telegram_enabled", t("notify.telegram_on"), one.telegram_enabled),
            create_choice_field("notifications.frequency", t("notify.frequency"), frequencies, one.frequency),
            create_choice_field("notifications.hour", t("notify.hour"), hours, str(one.hour), t("notify.hour_hint"),
                                kind="number"),
            create_choice_field("notifications.quiet_from", t("notify.quiet_from"), quiet, _hour(one.quiet_from),
                                kind="number"),
            create_choice_field("notifications.quiet_to", t("notify.quiet_to"), quiet, _hour(one.quiet_to),
                                t("notify.quiet_hint"), kind="number"),
        ], className="cols"),
    ]
    return create_api_form(ids.NOTIFY_FORM, fields, path=SETTINGS_API, method="PATCH", submit=t("settings.save"),
                           done=t("settings.saved"), refresh=ids.SETTINGS_REFRESH, version=settings.version)


def _hour(hour: int | None) -> str:
    return NO_HOUR if hour is None else str(hour)


def _mail(settings: UserSettings, channels: ChannelView) -> list[Any]:
    address = settings.notifying.email or settings.login
    said: list[Any] = [html.P(t("notify.mail.goes", address=address))]
    if channels.email_pending:
        said.append(html.Div(t("notify.mail.pending", address=channels.email_pending), className="banner warn",
                             role="status"))
    if not channels.mail_ready:
        said.append(html.Div(t("notify.mail.not_ready"), className="banner warn", role="status"))
    return [*said, _try("email")]


def _try(channel: str) -> Any:
    return create_api_button(t("notify.try"), path=f"{SETTINGS_API}/test-message", body={"channel": channel},
                             done=t("notify.tried"))


def _telegram(one: Notifying, channels: ChannelView) -> list[Any]:
    if channels.bot is None:
        return [html.P(t("notify.no_bot"), className="t2")]
    parts: list[Any] = []
    if one.telegram_problem:
        parts.append(html.Div(t(f"notify.problem.{one.telegram_problem}"), className="banner bad", role="alert"))
    state = t("notify.telegram.on", chat=one.telegram) if one.telegram else t("notify.telegram.off")
    parts.append(html.P([create_icon("check", 14) if one.telegram else None, html.Span(state)], className="row g6"))
    if channels.code_until is not None:
        parts.append(html.P(t("notify.telegram.waiting", when=format_moment(channels.code_until)), className="hint"))
    parts.append(html.Div(id=ids.NOTIFY_BOT, **attributes({"aria-live": "polite"})))
    connect = create_api_button(t("notify.telegram.again" if one.telegram else "notify.telegram.connect"),
                                path=f"{SETTINGS_API}/telegram-link", answer=ids.NOTIFY_BOT_LINK,
                                class_name="btn primary")
    parts.append(html.Div([connect, _try("telegram") if one.telegram else None], className="row g6 wrap"))
    return parts


def create_bot_link(link: str) -> list[Any]:
    """The address of the bot for this device, and as a picture for a phone."""
    picture = segno.make(link, error="m").svg_data_uri(scale=4, border=2, dark="black", light="white")
    return [
        html.P(html.A(t("notify.telegram.open"), href=link, target="_blank", rel="noopener noreferrer",
                      className="link")),
        html.Img(src=picture, alt=t("notify.telegram.qr"), width=132, height=132, className="qr"),
        html.P(t("notify.telegram.then"), className="hint"),
    ]
