"""Tokens for programs on the profile page: those that stand, the form of a new one, its secret shown once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.attributes import attributes
from components.forms import (
    create_api_button,
    create_api_form,
    create_boxes_field,
    create_choice_field,
    create_copy,
    create_text_field,
)
from core.texts import format_moment, has_text, t, tn

TOKENS_API = "/api/auth/tokens"
LIVES = (30, 90, 180, 365)


@dataclass(frozen=True)
class TokenView:
    """A token that stands; times in the zone of the business."""

    id: str
    name: str
    beginning: str
    scopes: tuple[str, ...]
    expires_at: datetime
    last_used_at: datetime | None


def scope_name(scope: str) -> str:
    """A right in words; one that nobody has named yet by its code."""
    key = f"scope.{scope.replace(':', '.')}"
    return t(key) if has_text(key) else scope


def create_username(email: str) -> html.Div:
    """Whose password a form asks for, told to whoever keeps passwords; the form does not send it."""
    return html.Div(dbc.Input(type="text", value=email, autocomplete="username", readonly=True), hidden=True)


def create_tokens(tokens: Sequence[TokenView], scopes: Sequence[str], email: str) -> list[Any]:
    """The list, the place of a new secret, and the form behind a summary."""
    form = create_api_form(
        ids.TOKEN_FORM,
        [
            create_username(email),
            html.Div([
                create_text_field("name", t("token.name"), "", t("token.name_hint"), required=True, max_length=100),
                create_choice_field("days", t("token.days"), [(str(days), tn("token.life", days)) for days in LIVES],
                                    "90", kind="number"),
            ], className="cols"),
            create_boxes_field("scopes", t("token.scopes"), [(one, scope_name(one)) for one in scopes], [],
                               t("token.scopes_hint")),
            create_text_field("current_password", t("factor.password"), kind="password", required=True,
                              autocomplete="current-password", max_length=200),
        ],
        path=TOKENS_API, submit=t("token.make"), answer=ids.TOKEN_SECRET)
    return [
        html.Div([_token(one) for one in tokens], className="divide") if tokens else
        html.P(t("token.none"), className="t3 small"),
        html.Div(id=ids.TOKEN_SHOWN, **attributes({"aria-live": "polite"})),
        html.Details([html.Summary(t("token.new"), className="btn"), form], className="token-new"),
    ]


def _token(one: TokenView) -> html.Div:
    used = t("token.used", when=format_moment(one.last_used_at)) if one.last_used_at else t("token.unused")
    until = t("token.until", when=f"{one.expires_at:%d.%m.%Y}")
    revoke = create_api_button(
        t("token.revoke"), path=f"{TOKENS_API}/{one.id}", method="DELETE", done=t("token.revoked"),
        refresh=ids.PROFILE_REFRESH, confirm=t("token.revoke_confirm", name=one.name), class_name="btn danger",
        title=f"{t('token.revoke')}: {one.name}")
    about = [html.Div([html.Span(one.name), html.Code(f"{one.beginning}…", className="code")], className="row g6 wrap"),
             html.Div(f"{until} · {used}", className="micro t3"),
             html.Div(", ".join(map(scope_name, one.scopes)), className="micro t3")]
    return html.Div([html.Div(about, className="grow"), revoke], className="item")


def create_secret(secret: str) -> list[Any]:
    """The secret, this once."""
    kept = html.Button(t("token.kept"), type="button", className="btn primary",
                       **attributes({"data-refresh-now": ids.PROFILE_REFRESH}))
    return [html.Div(t("token.shown_once"), className="banner warn", role="status"),
            html.Div([create_copy(secret), kept], className="row g6 wrap codes-foot")]
