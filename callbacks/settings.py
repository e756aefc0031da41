"""The tabs of the settings page: drawn, drawn again after a change, and what is seen while somebody types."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from auth.permissions import Permission, holds, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from callbacks.reading import business_calendar
from components import ids
from components.look_settings import create_look_tab, create_preview
from components.notify_settings import ChannelView, create_bot_link, create_notify_tab
from components.settings_page import NOTIFICATIONS, TEAM, UTM
from components.utm_settings import create_utm_tab
from core.user_settings import UserSettings
from data.contact_confirmations import load_waiting
from data.engine import Viewer, web_database
from data.installation import load_fact
from data.outbox import EMAIL, TELEGRAM
from data.user_settings import load_user_settings

BOT_FACT = "telegram_bot"


@callback(
    Output(ids.SETTINGS_BODY, "children"),
    Input(ids.SETTINGS_REFRESH, "data"),
    State(ids.SETTINGS_TAB, "data"),
)
@requires(Permission.SETTINGS_OWN_READ)
def show_tab(_changed: Any, place: Any) -> Any:
    """The tab of the address with what is stored now."""
    wanted = place if isinstance(place, dict) else {}
    settings, channels = _load()
    if settings is None:
        return no_update
    if wanted.get("tab") == UTM:
        template = next((one for one in settings.utm.templates if one.name == wanted.get("template")), None)
        return create_utm_tab(settings, template)
    if wanted.get("tab") == NOTIFICATIONS:
        return create_notify_tab(settings, channels)
    if wanted.get("tab") == TEAM:
        return create_look_tab(settings, may_construct=holds(settings.role, Permission.ADMIN_PAGE_READ))
    return no_update


def _load() -> tuple[UserSettings | None, ChannelView]:
    user, parts = current_user(), auth_parts().settings
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        settings, waiting = load_user_settings(connection, user.id), load_waiting(connection, user.id)
        bot = load_fact(connection, BOT_FACT) if parts.telegram_bot_token else None
    email, code = waiting.get(EMAIL), waiting.get(TELEGRAM)
    until = code.expires_at.astimezone(business_calendar().zone) if code else None
    return settings, ChannelView(parts.mail_ready, bot, email.address if email else None, until)


@callback(
    Output(ids.NOTIFY_BOT, "children"), Output(ids.NOTIFY_TICK, "disabled"),
    Input(ids.NOTIFY_BOT_LINK, "data"),
    prevent_initial_call=True,
)
@requires(Permission.SETTINGS_OWN_WRITE)
def show_bot_link(answer: Any) -> Any:
    """The address of the bot, once it was asked for; from then on somebody looks whether it was used."""
    link = answer.get("link") if isinstance(answer, dict) else None
    allowed = auth_parts().settings.telegram_link_url + "/"
    if not isinstance(link, str) or not link.startswith(allowed):
        return no_update, no_update
    return create_bot_link(link), False


@callback(
    Output(ids.SETTINGS_REFRESH, "data", allow_duplicate=True),
    Input(ids.NOTIFY_TICK, "n_intervals"),
    State(ids.NOTIFY_VERSION, "data"),
    prevent_initial_call=True,
)
@requires(Permission.SETTINGS_OWN_READ)
def show_connected(ticks: Any, version: Any) -> Any:
    """Draw the tab again when the chat was tied."""
    settings, _channels = _load()
    return ticks if settings is not None and settings.version != version else no_update


@callback(
    Output(ids.LOOK_PREVIEW, "children"),
    Input(ids.LOOK_NAME, "value"), Input(ids.LOOK_COLOUR, "value"), Input(ids.LOOK_EMOJI, "value"),
    prevent_initial_call=True,
)
@requires(Permission.SETTINGS_OWN_READ)
def show_look(name: Any, colour: Any, emoji: Any) -> Any:
    """The team as it would look."""
    typed = [one if isinstance(one, str) else "" for one in (name, colour, emoji)]
    return create_preview(typed[0][:200], typed[1][:20], typed[2][:60], current_user().team_slug or "")
