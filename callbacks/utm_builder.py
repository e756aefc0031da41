"""The builder of links: what is typed becomes a link, and attribution itself says whose a sale will be.

Invariant: rules are read with the eyes of somebody who sees all teams, since a mark of another team decides as well;
what leaves is own, other, nobody or ambiguous, and never a name.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import Input, Output, State, callback, no_update
from dash.dcc.express import send_bytes

from auth.permissions import Permission, requires
from auth.viewer import current_user
from callbacks.reading import business_calendar
from components import ids
from components.utm_settings import Finished, FinishedAd, create_ads, create_finished
from core.attribution_rules import Rules
from core.business_time import now
from core.csv_export import write_csv
from core.texts import t
from core.utm_links import MACROS, MARKS, base_flaw, build_link, judge, mark_flaw, marks_of_ad, marks_query, parse_ads
from data.engine import Viewer, web_database
from data.rules import load_rules
from data.user_settings import load_user_settings

LONGEST_TYPED = 4000
LONGEST_PASTED = 100_000
CSV_HEADER = ("Ad Name", "Ad Set Name", "Campaign Name", "Link", "URL Tags", "Attributed")
_NAMES = [name for name in MARKS if name != "source"]
_MARK_INPUTS = [Input(ids.UTM_SOURCE, "value"), *(Input(ids.utm_mark(name), "value") for name in _NAMES)]


@callback(Output(ids.UTM_SOURCE, "value"), Input(ids.UTM_TAKE_OWN, "n_clicks"), prevent_initial_call=True)
@requires(Permission.SETTINGS_OWN_READ)
def show_own_source(clicks: Any) -> Any:
    """The mark of the own team, taken over."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        settings = load_user_settings(connection, user.id)
    if not clicks or settings is None or settings.team is None or settings.utm.locked:
        return no_update
    return settings.team.utm_source


@callback(Output(ids.UTM_RESULT, "children"), Input(ids.UTM_BASE, "value"), *_MARK_INPUTS)
@requires(Permission.SETTINGS_OWN_READ)
def show_link(base: Any, *typed: Any) -> Any:
    """The finished link and what is to be said of it."""
    marks, address = _marks(typed), _text(base)
    flaw = base_flaw(address)
    flaws = tuple(f"utm_{name}: {t(key, most=200, macros=', '.join(MACROS))}" for name, value in marks.items()
                  if (key := mark_flaw(value)) is not None)
    verdict = None if flaw else _judge_all([marks])[0]
    return create_finished(Finished(marks, address, flaw, verdict, flaws))


@callback(
    Output(ids.UTM_ADS_RESULT, "children"),
    Input(ids.UTM_ADS, "value"), Input(ids.UTM_BASE, "value"), *_MARK_INPUTS,
)
@requires(Permission.SETTINGS_OWN_READ)
def show_ads(pasted: Any, base: Any, *typed: Any) -> Any:
    """The pasted ads, each with its verdict."""
    address = _text(base)
    return create_ads(_ads(pasted, typed), "" if base_flaw(address) else address)


@callback(
    Output(ids.UTM_ADS, "value"),
    Input(ids.UTM_ADS_MEND, "n_clicks"),
    State(ids.UTM_ADS, "value"), *(State(one.component_id, "value") for one in _MARK_INPUTS),
    prevent_initial_call=True,
)
@requires(Permission.SETTINGS_OWN_READ)
def show_mended(clicks: Any, pasted: Any, *typed: Any) -> Any:
    """The list without the sources that lead elsewhere: the source of the builder counts for them."""
    if not clicks:
        return no_update
    lines = ["\t".join((one.ad.ad, one.ad.adset, one.ad.campaign,
                        one.ad.source if one.verdict.outcome == "own" else "")).rstrip("\t")
             for one in _ads(pasted, typed)]
    return "\n".join(lines)


@callback(
    Output(ids.UTM_ADS_FILE, "data"),
    Input(ids.UTM_ADS_CSV, "n_clicks"),
    State(ids.UTM_ADS, "value"), State(ids.UTM_BASE, "value"),
    *(State(one.component_id, "value") for one in _MARK_INPUTS),
    prevent_initial_call=True,
)
@requires(Permission.SETTINGS_OWN_READ)
def show_ads_file(clicks: Any, pasted: Any, base: Any, *typed: Any) -> Any:
    """The batch as a file for Ads Manager."""
    ads, address = _ads(pasted, typed), _text(base)
    if not clicks or not ads:
        return no_update
    is_usable = base_flaw(address) is None
    lines = [(one.ad.ad, one.ad.adset, one.ad.campaign, build_link(address, one.marks) if is_usable else "",
              marks_query(one.marks), one.verdict.outcome) for one in ads]
    return send_bytes(write_csv(CSV_HEADER, lines), "utm_links.csv")


def _text(value: Any, longest: int = LONGEST_TYPED) -> str:
    return value.strip()[:longest] if isinstance(value, str) else ""


def _marks(typed: Sequence[Any]) -> dict[str, str]:
    return dict(zip(("source", *_NAMES), (_text(one) for one in typed), strict=True))


def _ads(pasted: Any, typed: Sequence[Any]) -> list[FinishedAd]:
    ads = parse_ads(_text(pasted, LONGEST_PASTED))
    marks = [marks_of_ad(_marks(typed), one) for one in ads]
    return [FinishedAd(ad, own, verdict) for ad, own, verdict in zip(ads, marks, _judge_all(marks), strict=True)]


def _judge_all(marks: Sequence[Mapping[str, str]]) -> list[Any]:
    """Whose each would be today, by the rules of this moment."""
    if not marks:
        return []
    rules, today, slug = _rules(), business_calendar().today(now()), current_user().team_slug
    return [judge(one, slug, today, rules) for one in marks]


def _rules() -> Rules:
    with web_database().transaction(Viewer("analyst", current_user().id), read_only=True) as connection:
        return load_rules(connection)
