"""What an admin does with teams, users, plans and claims, from the first click to what others see of it."""

import json
from datetime import date, timedelta
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import text

pytestmark = pytest.mark.browser
API = "/api/traffic-admin"


def fill(visitor, form, name, words):
    """Type into a field of a form in place of what stands there."""
    control = visitor.find(f'#{form} [data-field="{name}"] :is(input, textarea)')
    visitor.run("arguments[0].scrollIntoView({block: 'center'})", control)
    control.send_keys("\ue009" + "a" + "\ue000", words)
    visitor.until(lambda: control.get_attribute("value") == words)


def send(visitor, form):
    visitor.click(f"#{form} button[type=submit]")


def change_places(visitor):
    """Somebody else sits down at the browser."""
    visitor.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})


def agree(visitor):
    """Yes, in the dialog."""
    visitor.until(lambda: visitor.all("dialog.confirm[open]"))
    visitor.run("document.querySelector('dialog.confirm [data-say=yes]').click()")


TOKENS = {}


def by_api(product, who, method, path, body):
    """Somebody else, meanwhile."""
    key = (product.url, who)
    if key not in TOKENS:
        TOKENS[key] = product.sign_in_by_api(who)
    request = Request(f"{product.url}{API}{path}", method=method, data=json.dumps(body).encode(), headers={
        "Authorization": f"Bearer {TOKENS[key]}", "Content-Type": "application/json"})
    with urlopen(request, timeout=10) as answer:
        return json.load(answer)


def teams(product):
    return {one["slug"]: one for one in by_api(product, "admin", "GET", "/teams", {})["rows"]}


def test_a_team_is_made_changed_and_told_whose_a_link_is(visitor, product):
    visitor.enter("admin", "/admin/teams")
    form = "team-form"
    fill(visitor, form, "name", "Алтaй")
    visitor.until_text("#team-hint-name", "Алтай")
    fill(visitor, form, "name", "Барыс")
    visitor.until_text("#team-hint-slug", "свободен")
    visitor.until(lambda: visitor.find("#team-slug").get_attribute("placeholder") == "barys")
    fill(visitor, form, "user.email", "aliya@academy,kz")
    visitor.until_text("#team-hint-email", "academy.kz?")
    fill(visitor, form, "user.email", "aliya@academy.kz")
    visitor.run("document.querySelector('#team-form [data-field=invitation] select').value = 'link';"
                "document.querySelector('#team-form [data-field=invitation] select')"
                ".dispatchEvent(new Event('change', {bubbles: true}))")
    send(visitor, form)
    visitor.until_text("#team-link", "/invitation/")
    visitor.until_text("#teams-list", "fb_barys")
    visitor.find("#whose-text").send_keys("https://academy.kz/?utm_source=fb_barys_17.12")
    visitor.until_text("#whose-found", "Барыс")
    visitor.until_text("#whose-found", "fb_slug")


def choose_pair(visitor, source, target):
    for control, value in (("merge-source", source), ("merge-target", target)):
        visitor.until(lambda control=control: len(visitor.all(f"#{control} option")) > 2)
        visitor.run("arguments[0].value = arguments[1];"
                    "arguments[0].dispatchEvent(new Event('change', {bubbles: true}))",
                    visitor.find(f"#{control}"), value)


def test_two_teams_become_one_after_a_look_at_what_moves(visitor, product):
    by_api(product, "admin", "POST", "/teams", {"name": "Қыран", "color": "#2DD4BF", "emoji": "🦅"})
    pair = teams(product)
    visitor.enter("admin", "/admin/teams?merge=1")
    choose_pair(visitor, pair["dala"]["id"], pair["dala"]["id"])
    visitor.until_text("#merge-preview", "с собой")
    choose_pair(visitor, pair["kyran"]["id"], pair["dala"]["id"])
    visitor.until_text("#merge-preview", "Итоги компании не меняются")
    visitor.until(lambda: visitor.all("#merge-torn #team-form"))
    # Somebody else changed the team meanwhile: it is not merged, and the newest state is a click away.
    by_api(product, "admin", "PATCH", f"/teams/{pair['kyran']['id']}", {"version": 1, "emoji": "🐺"})
    visitor.expected_statuses = (409,)
    send(visitor, "team-form")
    visitor.find("dialog.confirm input").send_keys("Қыран")
    agree(visitor)
    visitor.until_text("#team-form .form-said", "admin@demo.local")
    assert teams(product)["kyran"]["merged_into"] is None
    visitor.click("#team-form .form-said button")
    visitor.until(lambda: not visitor.all("#team-form"))
    choose_pair(visitor, pair["kyran"]["id"], pair["dala"]["id"])
    visitor.until(lambda: visitor.all("#merge-torn #team-form"))
    send(visitor, "team-form")
    visitor.until(lambda: visitor.all("dialog.confirm[open]"))
    assert visitor.find("dialog.confirm [data-say=yes]").get_attribute("disabled")
    visitor.find("dialog.confirm input").send_keys("Қыран")
    agree(visitor)
    visitor.until(lambda: visitor.path == "/admin/teams" and not visitor.query)
    visitor.open("/admin/teams?state=archive")
    visitor.until_text("#teams-list", "влита в «Дала»")
    visitor.click("#teams-list button[data-api*=undo]")
    agree(visitor)
    visitor.until(lambda: teams(product)["kyran"]["merged_into"] is None)


def test_users_are_invited_found_changed_and_closed(visitor, product):
    visitor.enter("admin", "/admin/users")
    form = "invite-form"
    fill(visitor, form, "email", "zhanar@academy.kz")
    visitor.run("const one = document.querySelector('#invite-form [data-field=role] select'); one.value = 'analyst';"
                "one.dispatchEvent(new Event('change', {bubbles: true}))")
    send(visitor, form)
    visitor.until_text("#users-link", "/invitation/")     # this installation sends no mail: the link comes first
    visitor.until_text("#users-list", "zhanar@academy.kz")
    visitor.open("/admin/users?search=zhanar")
    visitor.until(lambda: len(visitor.all("#users-list tbody tr")) == 1)
    visitor.click("#users-list tbody a")
    visitor.until(lambda: "edit=" in visitor.query)
    visitor.until_ready()
    visitor.click(".deeds .danger")
    agree(visitor)
    visitor.until(lambda: "edit=" not in visitor.query)
    visitor.open("/admin/users?state=closed")
    visitor.until_text("#users-list", "zhanar@academy.kz")


def test_a_week_is_planned_and_the_team_sees_its_pace(visitor, product):
    monday = by_api(product, "admin", "GET", "/plans", {})["week_start"]
    visitor.enter("admin", "/admin/plans?week=" + str(date.fromisoformat(monday) + timedelta(days=7)))
    visitor.find("#plan-form-sunkar")
    by_api(product, "admin", "POST", "/plans", {"team": "sunkar", "week_start": monday, "revenue": 2_000_000})
    visitor.click(".pagehead button[data-api]")        # the plans of the week before, once more
    visitor.until_text("#plans-list", "Изменить план")
    change_places(visitor)
    visitor.enter("sunkar", "/teams/sunkar")
    visitor.until_text("#team-week", "2 000 000")
    assert visitor.all("#team-week .plan-bar")
    visitor.click("#team-week-back")
    visitor.until_text("#team-week", "плана нет")


def test_a_claim_goes_from_the_team_to_the_admin_and_back(visitor, product):
    with product.context.database.transaction() as connection:
        deal = connection.execute(text("SELECT deal_id FROM all_sales_tracking WHERE team_id IS NULL"
                                       " AND NOT is_reversed ORDER BY deal_id LIMIT 1")).scalar_one()
    visitor.enter("altai", "/teams/altai")
    visitor.until_text("#team-claims", "Заявок нет")
    visitor.run("document.querySelector('#claim-form').closest('details').open = true")
    fill(visitor, "claim-form", "deal_id", str(deal))
    fill(visitor, "claim-form", "reason", "Лид с нашей формы")
    send(visitor, "claim-form")
    visitor.until_text("#team-claims", "ждёт решения")
    change_places(visitor)
    visitor.enter("admin", "/admin/claims")
    visitor.until_text("#claims-list", f"Сделка {deal}")
    visitor.click("#claims-list .primary")
    agree(visitor)
    visitor.until_text("#claims-list", "Решать нечего")
    change_places(visitor)
    visitor.enter("altai", "/teams/altai")
    visitor.until_text("#team-claims", "принята")
