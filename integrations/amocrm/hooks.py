"""The subscription by which amoCRM tells of its events: looked at, and made anew when it is absent or switched off."""

import structlog

from integrations.amocrm.client import AmocrmClient

HOOK_SETTINGS = ("add_lead", "update_lead", "status_lead", "delete_lead", "restore_lead", "note_lead",
                 "add_contact", "update_contact", "restore_contact")

log = structlog.get_logger()


def read_hook(client: AmocrmClient, destination: str) -> str:
    """``ok``, ``disabled`` (amoCRM switched it off), ``partial`` (events are missing) or ``absent``.

    Raises AmocrmError.
    """
    hook = client.fetch_hook(destination)
    if hook is None:
        return "absent"
    if hook.disabled:
        return "disabled"
    return "ok" if set(HOOK_SETTINGS) <= set(hook.settings) else "partial"


def watch_hook(client: AmocrmClient, destination: str) -> str:
    """Subscribe unless it is well: ``ok``, ``subscribed``, or ``disabled`` when it stays off. Raises AmocrmError."""
    state = read_hook(client, destination)
    if state == "ok":
        return state
    if state == "disabled":
        log.warning("amocrm_hook_was_disabled")
        client.remove_hook(destination)
    client.subscribe_hook(destination, HOOK_SETTINGS)
    hook = client.fetch_hook(destination)
    return "subscribed" if hook is not None and not hook.disabled else "disabled"
