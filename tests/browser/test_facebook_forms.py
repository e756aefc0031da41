"""The forms of the tab "Facebook" as a person uses them: wrong, late, right, taken back; thousands of campaigns."""

import pytest
from selenium.webdriver.common.keys import Keys
from sqlalchemy import text

from demo.world import token_of

pytestmark = pytest.mark.browser
TAB = "/settings?tab=facebook"
FORM = "#facebook-campaigns-form"
ROW = FORM + ' tr[data-campaign="{}"] input'
MANY = 120


@pytest.fixture
def ask(product):
    """A function: what the database answers, as a list of rows."""
    def asked(statement, **values):
        with product.context.database.transaction() as connection:
            found = connection.execute(text(statement), values)
            return [tuple(row) for row in found] if found.returns_rows else []

    return asked


def toast(visitor, words):
    visitor.until(lambda: words in visitor.text(".toasts"))


def undo(visitor, words):
    """Press "undo" of the newest toast."""
    toast(visitor, words)
    visitor.run("[...document.querySelectorAll('.toasts button')].pop().click()")
    toast(visitor, "Отменено")


def own_accounts(name):
    return f"""SELECT l.account_id FROM facebook_account_links l JOIN traffic_users u ON u.id = l.user_id
               WHERE u.email = '{name}@demo.local' ORDER BY 1"""


def test_what_is_read_is_arranged_by_switches(visitor, ask):
    def kept():
        return set(ask(f"""SELECT DISTINCT look_back_days, reads_ads FROM ad_accounts
                           WHERE account_id IN ({own_accounts('altai')})"""))

    def choose(days):
        select = visitor.find("#facebook-reading select")
        visitor.run("const s = arguments[0]; s.value = arguments[1];"
                    "s.dispatchEvent(new Event('change', {bubbles: true}))", select, days)

    visitor.expected_statuses = (409, 422)
    visitor.enter("altai", TAB)
    assert visitor.find("#facebook-reading select").get_attribute("value") == "3"
    # A number of days that nobody offers, as an older page might send it.
    visitor.run("const s = document.querySelector('#facebook-reading select');"
                "s.add(new Option('5', '5')); s.value = '5'")
    visitor.click("#facebook-reading button[type=submit]")
    visitor.until(lambda: visitor.all("#facebook-reading [data-field=look_back_days] .field-said:not([hidden])"))
    assert kept() == {(3, True)}
    ask(f"UPDATE ad_accounts SET look_back_days = 7 WHERE account_id IN ({own_accounts('altai')})")
    choose("14")
    visitor.click("#facebook-reading button[type=submit]")
    visitor.until(lambda: visitor.all("#facebook-reading .form-said button"))
    assert kept() == {(7, True)}, "what was late is not kept"
    visitor.click("#facebook-reading .form-said button")
    visitor.until(lambda: visitor.find("#facebook-reading select").get_attribute("value") == "7")
    choose("14")
    visitor.click("#facebook-reading [data-field=reads_ads] input")
    visitor.click("#facebook-reading button[type=submit]")
    visitor.until(lambda: kept() == {(14, False)})
    undo(visitor, "Сохранено")
    visitor.until(lambda: kept() == {(7, True)})
    ask(f"UPDATE ad_accounts SET look_back_days = 3 WHERE account_id IN ({own_accounts('altai')})")


def test_accounts_are_chosen_in_two_windows(visitor, ask):
    chosen = f"""SELECT account_id FROM facebook_account_links
                 WHERE is_selected AND account_id IN ({own_accounts('altai')}) ORDER BY 1"""
    before = ask(chosen)
    [first] = before[0]
    visitor.expected_statuses = (409, 422)
    visitor.enter("altai", TAB)
    box = f'#facebook-accounts-form input[value="{first}"]'
    visitor.find(box).send_keys(Keys.SPACE)
    assert not visitor.find(box).is_selected(), "a key is enough"
    ask("UPDATE facebook_account_links SET is_selected = false WHERE account_id = :one", one=first)
    visitor.click("#facebook-accounts-form button[type=submit]")
    visitor.until(lambda: visitor.all("#facebook-accounts-form .form-said button"))
    seen = visitor.find("#facebook-accounts-form").get_attribute("data-version")
    visitor.click("#facebook-accounts-form .form-said button")
    # Only the form that is drawn anew has another version; what is put into the one before would go with it.
    visitor.until(lambda: visitor.find("#facebook-accounts-form").get_attribute("data-version") != seen)
    visitor.until(lambda: visitor.all(box) and not visitor.find(box).is_selected())
    # A number that is nobody's, as no page offers it.
    visitor.run("document.querySelector('#facebook-accounts-form [data-field]').insertAdjacentHTML("
                "'beforeend', '<input type=\"checkbox\" value=\"7\" checked>')")
    visitor.click("#facebook-accounts-form button[type=submit]")
    visitor.until(lambda: "такого номера нет" in visitor.text("#facebook-accounts-form .field-said"))
    visitor.open(TAB)
    visitor.click(box)
    visitor.click("#facebook-accounts-form button[type=submit]")
    visitor.until(lambda: ask(chosen) == before)
    undo(visitor, "Выбор кабинетов сохранён")
    visitor.until(lambda: ask(chosen) == before[1:])
    ask("UPDATE facebook_account_links SET is_selected = true WHERE account_id = :one", one=first)
    ask("DELETE FROM sync_runs WHERE kind = 'facebook' AND status = 'queued'")


def test_campaigns_are_found_chosen_over_pages_and_taken_back(visitor, ask):
    [(account,), *_] = ask(own_accounts("altai"))
    ask("""INSERT INTO ad_campaigns (platform, campaign_id, account_id, name, team_id)
           SELECT 'facebook', CAST(77000 + n AS text), :account, 'Пробная ' || lpad(CAST(n AS text), 3, '0'), t.id
           FROM generate_series(1, :many) n, traffic_teams t WHERE t.slug = 'altai'""",
        account=account, many=MANY)

    def tracked():
        return {number for [number] in ask("SELECT CAST(campaign_id AS integer) - 77000 FROM ad_campaigns"
                                           " WHERE is_tracked AND name LIKE 'Пробная%'")}

    everything = set(range(1, MANY + 1))
    visitor.expected_statuses = (409, 422)
    visitor.enter("altai", TAB)
    visitor.find("#facebook-campaigns-search").send_keys("пробная", Keys.ENTER)
    visitor.until_text("#facebook-campaigns", f"найдено {MANY} кампаний")
    counted = int(visitor.text("#facebook-campaigns").partition("отмечено ")[2].partition(" ")[0])
    visitor.until(lambda: visitor.find(ROW.format(77002)).send_keys(Keys.SPACE) is None)
    visitor.run("document.querySelector('#facebook-campaigns .pages button:last-child').click()")
    visitor.until(lambda: visitor.all(ROW.format(77051)))
    visitor.click(ROW.format(77051))
    visitor.until(lambda: visitor.text("[data-waiting=count]") == "2")
    visitor.run("document.querySelector('#facebook-campaigns .pages button').click()")
    visitor.until(lambda: visitor.all(ROW.format(77002)) and not visitor.find(ROW.format(77002)).is_selected())
    assert tracked() == everything, "what waits over the pages is not saved yet"
    ask("UPDATE ad_campaigns SET is_tracked = false WHERE campaign_id IN ('77002', '77003')")
    visitor.click(f"{FORM} button[type=submit]")
    visitor.until(lambda: tracked() == everything - {2, 3, 51})
    undo(visitor, "Выбор кампаний сохранён")
    visitor.until(lambda: tracked() == everything - {2, 3})
    # Until the list is drawn with what was taken back: a change to the one before would go with it.
    visitor.until_text("#facebook-campaigns", f"отмечено {counted - 2} из")
    # Somebody takes the campaign away: nothing of the rest is kept, and the form says so.
    visitor.until(lambda: visitor.all(ROW.format(77004)) and visitor.find(ROW.format(77004)).is_selected())
    visitor.run("document.querySelector(arguments[0]).closest('tr').dataset.campaign = '7'", ROW.format(77004))
    visitor.click(ROW.format(7))
    visitor.click(f"{FORM} button[type=submit]")
    visitor.until(lambda: "такого номера нет" in visitor.text(f"{FORM} .form-said"))
    visitor.click("[data-facebook=drop]")
    # All of them, beyond the page: asked first, refused when something came meanwhile, then done.
    visitor.click(f'{FORM} button[data-confirm*="Снять"]')
    visitor.until(lambda: visitor.find("dialog.confirm").is_displayed())
    ask("UPDATE ad_campaigns SET is_tracked = true WHERE campaign_id = '77003'")
    visitor.click("dialog.confirm [data-say=yes]")
    visitor.until(lambda: visitor.all(f"{FORM} .form-said button"))
    assert tracked() == everything - {2}
    older = visitor.find(f'{FORM} button[data-confirm*="Снять"]').get_attribute("data-body")
    visitor.click(f"{FORM} .form-said button")
    visitor.until(lambda: visitor.find(f'{FORM} button[data-confirm*="Снять"]').get_attribute("data-body") != older)
    visitor.click(f'{FORM} button[data-confirm*="Снять"]')
    visitor.until(lambda: visitor.find("dialog.confirm").is_displayed())
    visitor.click("dialog.confirm [data-say=yes]")
    visitor.until(lambda: not tracked())
    ask("DELETE FROM ad_campaigns WHERE name LIKE 'Пробная%'")


def test_a_token_is_refused_at_its_field_or_connects(visitor, ask):
    visitor.expected_statuses = (422,)
    before = ask("SELECT count(*) FROM facebook_connections")
    visitor.enter("altai", TAB)
    field = visitor.find("#facebook-token-form input")
    field.send_keys("EAAB-a-token-that-nobody-issued", Keys.ENTER)
    visitor.until(lambda: "не признаёт этот ключ" in visitor.text("#facebook-token-form .field-said"))
    assert field.get_attribute("aria-invalid") == "true" and ask("SELECT count(*) FROM facebook_connections") == before
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(token_of("altai"), Keys.ENTER)
    connected = """SELECT count(*) FROM facebook_connections c JOIN traffic_users u ON u.id = c.user_id
                   WHERE u.email = 'altai@demo.local' AND c.kind = 'system_user' AND c.token IS NOT NULL"""
    visitor.until(lambda: ask(connected) == [(1,)])
    visitor.until(lambda: visitor.all("#facebook-body button[data-api$=disconnect]"))
