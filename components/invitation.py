"""How somebody new is invited: by mail when the installation can send any, else by a link to pass on."""

from dash import html

from components.forms import create_choice_field
from core.texts import t


def create_invitation_field(mail_ready: bool) -> html.Div:
    """The choice; without ``mail_ready`` the link comes first, for a letter would wait until somebody sets mail up."""
    ways = [("mail", t("people.invitation.mail")), ("link", t("people.invitation.link"))]
    hint = "" if mail_ready else t("people.invitation.no_mail")
    return create_choice_field("invitation", t("people.invitation"), ways, "mail" if mail_ready else "link", hint)
