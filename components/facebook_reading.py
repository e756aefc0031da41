"""What is read of the accounts, as switches: later campaigns, how far back, ads, and a message when it failed."""

from dataclasses import dataclass

from dash import html

from components import ids
from components.forms import create_api_form, create_choice_field, create_switch_field
from components.frames import create_card
from core.texts import t, tn

PATH = "/api/traffic-admin/facebook/reading"
LOOK_BACKS = (3, 7, 14, 28)


@dataclass(frozen=True)
class ReadingView:
    """How the viewer's accounts are read."""

    track_new: bool = True
    look_back_days: int = 3
    reads_ads: bool = True
    tells_failure: bool = False
    version: int = 0


def create_reading(view: ReadingView) -> html.Section:
    """The card "what to read"."""
    fields = [
        create_switch_field("track_new", t("facebook.track_new"), view.track_new, t("facebook.track_new.hint")),
        create_switch_field("reads_ads", t("facebook.reads_ads"), view.reads_ads, t("facebook.reads_ads.hint")),
        create_switch_field("tells_failure", t("facebook.tells_failure"), view.tells_failure,
                            t("facebook.tells_failure.hint")),
        create_choice_field("look_back_days", t("facebook.look_back"),
                            [(str(days), tn("facebook.days", days)) for days in LOOK_BACKS], str(view.look_back_days),
                            t("facebook.look_back.hint"), kind="number", required=True),
    ]
    form = create_api_form(
        ids.FACEBOOK_READING_FORM, fields, path=PATH, submit=t("facebook.reading_save"), version=view.version,
        done=t("facebook.reading_saved"), refresh=ids.FACEBOOK_READING_CHANGED, primary=False)
    return create_card(t("facebook.reading_wishes"), form, class_name="c4 order-4 reading-wishes")
