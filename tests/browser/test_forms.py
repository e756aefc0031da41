"""What every form does: sentences at the fields, a question first, busy buttons, words of what came of it."""

import pytest
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser

FORM = """
<form class="form" id="probe" data-api="/api/traffic-admin/users" data-method="POST" data-done="Invited" {more}>
  <div class="field" data-field="email" data-kind="email" data-required="1">
    <label>E-mail <input type="email" class="input"></label><p class="hint bad field-said" hidden></p></div>
  <div class="field" data-field="role" data-kind="json" data-value='"analyst"' hidden></div>
  <div class="banner bad form-said" role="alert" hidden></div>
  <button type="submit" class="btn lg primary">Invite</button>
</form>
"""


def put(visitor, more=""):
    """Stand a form on a page, as a page would draw it."""
    visitor.run("const place = document.querySelector('main'); place.insertAdjacentHTML('afterbegin', arguments[0]);",
                FORM.format(more=more).replace("{}", ""))


def said(visitor):
    return visitor.find("#probe .field-said").text


def test_a_refusal_stands_at_its_field_and_a_success_is_told(visitor):
    visitor.enter("admin", "/settings")
    put(visitor)
    visitor.expected_failures.add("/api/traffic-admin/users")
    visitor.click("#probe button")
    visitor.until(lambda: said(visitor) == "Заполните это поле.")
    field = visitor.find("#probe input")
    field.send_keys("admin@demo.local", Keys.ENTER)
    visitor.until(lambda: "уже" in said(visitor))
    assert field.get_attribute("aria-invalid") == "true"
    assert visitor.run("return document.activeElement.closest('#probe') !== null")
    field.clear()
    field.send_keys("somebody.new@demo.local", Keys.ENTER)
    visitor.until(lambda: "Invited" in visitor.text(".toasts"))
    assert not visitor.find("#probe .field-said").is_displayed()


def test_a_word_must_be_typed_before_a_deed(visitor):
    visitor.enter("admin", "/settings")
    put(visitor, 'data-confirm="Really?" data-confirm-word="north"')
    field = visitor.find("#probe input")
    field.send_keys("another.new@demo.local", Keys.ENTER)
    visitor.until(lambda: visitor.find("dialog.confirm").is_displayed())
    assert not visitor.find("dialog [data-say=yes]").is_enabled()
    visitor.find("dialog input").send_keys(Keys.ESCAPE)
    visitor.until(lambda: not visitor.find("dialog.confirm").is_displayed())
    assert not visitor.find(".toasts").text
    field.send_keys(Keys.ENTER)
    visitor.until(lambda: visitor.find("dialog.confirm").is_displayed())
    visitor.find("dialog input").send_keys("north", Keys.ENTER)
    visitor.until(lambda: "Invited" in visitor.text(".toasts"))


ROWS = """
<form class="form" id="probe" data-api="/api/traffic-admin/amocrm/mapping/preview" data-method="POST">
  <div class="field" data-field="pipelines" data-kind="json" data-value="[]" hidden></div>{}
  <div class="banner bad form-said" role="alert" hidden></div>
  <button type="submit" class="btn lg primary">Preview</button>
</form>
"""
ROW = """
  <div class="field" data-field="fields.{place}.target" data-kind="json" data-value='"{target}"' hidden></div>
  <div class="field" data-field="fields.{place}.position" data-kind="json" data-value="{place}" hidden></div>
  <div class="field" data-field="fields.{place}.field" data-kind="row_pair">
    <input class="input" value="{value}"><p class="hint bad field-said" hidden></p></div>
"""


def test_a_refusal_stands_at_its_row_though_empty_rows_were_left_out(visitor):
    visitor.enter("admin", "/settings")
    rows = "".join(ROW.format(place=place, target=target, value=value) for place, (target, value) in enumerate((
        ("utm_source", "none"), ("utm_medium", "id:1"), ("utm_term", "none"), ("utm_campaign", "name:a"),
        ("utm_content", "id:no number"))))
    visitor.run("document.querySelector('main').insertAdjacentHTML('afterbegin', arguments[0]);",
                ROWS.replace("{}", rows))
    visitor.expected_failures.add("/api/traffic-admin/amocrm/mapping/preview")
    visitor.click("#probe button")
    visitor.until(lambda: [bool(one.text) for one in visitor.all("#probe .field-said")] == [False] * 4 + [True])
    assert not visitor.find("#probe .form-said").is_displayed()
