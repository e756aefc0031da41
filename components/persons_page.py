"""What is held of a person outside: the question who it is, what was found, its file, and its erasure."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_place import TICK_MILLISECONDS, RunProgress, create_nothing, create_notice, create_run_card
from components.admin_place import create_table as create_plain_table
from components.attributes import attributes
from components.forms import create_api_button, create_api_form, create_text_field
from components.frames import create_card, create_icon
from core.texts import format_number, has_text, t

ROOT = "/api/traffic-admin/persons"
# What the run of an erasure counts.
ERASED = ("contacts", "leads", "deals", "bodies")


def create_persons_frame() -> html.Div:
    """The page before anybody is asked for."""
    form = create_api_form(
        ids.PERSONS_FORM, [
            html.Div([
                create_text_field("phone", t("persons.phone"), kind="null_text", placeholder="+7 701 234 56 78",
                                  max_length=40, control_id=ids.PERSONS_PHONE),
                create_text_field("email", t("persons.email"), kind="null_text", placeholder="name@example.com",
                                  max_length=254, control_id=ids.PERSONS_EMAIL)], className="cols")],
        path=f"{ROOT}/export", submit=t("persons.look"), answer=ids.PERSONS_HELD)
    return html.Div([
        dcc.Store(id=ids.PERSONS_HELD), dcc.Store(id=ids.PERSONS_RUN), dcc.Download(id=ids.PERSONS_FILE),
        dcc.Interval(id=ids.PERSONS_TICK, interval=TICK_MILLISECONDS, disabled=True),
        create_card(t("persons.who"), [html.P(t("persons.who.hint"), className="t2"), form]),
        html.Div(id=ids.PERSONS_BODY, className="grid", **attributes({"aria-live": "polite"})),
    ], className="stack")


def create_held(counts: Mapping[str, int], phone: str | None, email: str | None) -> list[Any]:
    """How many rows each table holds, the file of them, and the erasure of whoever has the phone or the e-mail."""
    who = " · ".join(mark for mark in (phone, email) if mark)
    if not counts:
        return [create_card(who, create_nothing(t("persons.nothing")))]
    rows = [[table_in_words(name), format_number(count)] for name, count in counts.items()]
    table = create_plain_table([t("persons.where"), t("persons.rows")], rows, t("persons.held"), figures=1)
    file = html.Button([create_icon("dl", 14), t("persons.file")], id=ids.PERSONS_DOWNLOAD, type="button",
                       className="btn")
    return [create_card(t("persons.held"), table, unit=who, actions=[file], class_name="c8", flush=True),
            _erasure(phone, email)]


def table_in_words(name: str) -> str:
    """What a table holds; one nobody has named yet by its own word."""
    return t(f"persons.table.{name}") if has_text(f"persons.table.{name}") else name


def _erasure(phone: str | None, email: str | None) -> html.Section:
    word = phone or email or ""
    marks = {name: value for name, value in (("phone", phone), ("email", email)) if value}
    button = create_api_button(
        t("persons.erase"), path=f"{ROOT}/erase", body={**marks, "confirm": word}, done=t("persons.erase.asked"),
        answer=ids.PERSONS_RUN, confirm=t("persons.erase.confirm", who=" · ".join(marks.values())), confirm_word=word,
        class_name="btn lg danger")
    return create_card(t("persons.erase.title"), [html.P(t("persons.erase.hint"), className="t2"), button],
                       class_name="c4")


def create_erasing(run: RunProgress, counts: Mapping[str, int]) -> list[Any]:
    """How far an erasure is, or what it took."""
    if run.status != "done":
        return [create_run_card(t("persons.erase.title"), run)]
    if not any(counts.values()):
        return [create_notice(t("persons.erased.nobody"), "warn")]
    said = {name: format_number(counts.get(name, 0)) for name in ERASED}
    return [create_notice(t("persons.erased", **said)),
            html.P(dcc.Link(t("persons.erased.runs"), href="/admin/runs?kind=person_erasure", className="link"),
                   className="c12")]
