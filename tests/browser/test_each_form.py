"""Each form of the table: what is wrong is told at its field, what is late is told, what is right is kept."""

import pytest
from selenium.common.exceptions import WebDriverException

from tests.browser.form_cases import CASES

pytestmark = pytest.mark.browser
_AT_ONCE = 4
FILL = """
const [id, fields] = arguments
const own = (control, name) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), name).set
for (const [name, value] of Object.entries(fields)) {
  const field = document.querySelector(`#${id} [data-field="${name}"]`)
  const control = field.querySelector('input, select, textarea')
  if (typeof value === 'boolean') { if (control.checked !== value) { control.click() } continue }
  own(control, 'value').call(control, value)
  control.dispatchEvent(new Event(control.tagName === 'SELECT' ? 'change' : 'input', {bubbles: true}))
}"""
HOLDS = """const [id, names] = arguments
return Object.fromEntries(names.map((name) => {
  const control = document.querySelector(`#${id} [data-field="${name}"]`).querySelector('input, select, textarea')
  return [name, control.type === 'checkbox' ? control.checked : control.value]
}))"""
# What a form knows of the row it was drawn from: its version, and what it has seen.
SEEN = """const form = document.getElementById(arguments[0])
return form && [performance.timeOrigin, form.dataset.version, form.dataset.method, ...[
  ...form.querySelectorAll('[data-kind=json]')].map((one) => one.dataset.value)].join(' ')"""


class Walk:
    """A form in front of a visitor, and the rows behind it."""

    def __init__(self, visitor, product, case):
        self.visitor, self.product, self.case, self.names = visitor, product, case, {}
        self.run(case.before)
        self.form = self.named(case.form)

    def named(self, words):
        """With what stands in braces asked for when it is first needed."""
        for name, statement in self.case.named.items():
            if "{" + name + "}" in words:
                if name not in self.names:
                    self.names[name] = self.ask(statement)
                words = words.replace("{" + name + "}", self.names[name])
        return words

    def ask(self, statement):
        with self.product.context.database.transaction() as connection:
            return str(connection.exec_driver_sql(self.named(statement).replace("%", "%%")).scalar_one())

    def run(self, statements):
        with self.product.context.database.transaction() as connection:
            for one in filter(None, map(str.strip, self.named(statements).split(";\x20"))):
                connection.exec_driver_sql(one.replace("%", "%%"))

    def send(self, fields):
        self.visitor.find(f"#{self.form}")
        self.fill(dict(fields))
        self.visitor.click(f"#{self.form} button[type=submit]")

    def fill(self, fields):
        """Type, and once more when the page was still drawing what stood there before."""
        quiet = 0
        self.visitor.run(FILL, self.form, fields)

        def holds():
            nonlocal quiet
            quiet = quiet + 1 if self.visitor.run(HOLDS, self.form, list(fields)) == fields else 0
            if not quiet:
                self.visitor.run(FILL, self.form, fields)
            return quiet > 2

        self.visitor.until(holds)

    def said(self, at):
        place = f'[data-field="{at}"] .field-said:not([hidden])' if at else ".form-said:not([hidden])"
        return next((words for one in self.visitor.all(f"#{self.form} {place}")
                     if (words := one.get_attribute("textContent"))), None)

    def until_said(self, at, words):
        self.visitor.until(lambda: words in (self.said(at) or ""))

    def stands(self):
        if self.case.stands.startswith("#"):
            return str(len(self.visitor.all(self.case.stands)))
        return self.ask(self.case.stands)


def walk(one: Walk) -> None:
    """Wrong, late, right."""
    case, visitor = one.case, one.visitor
    visitor.open(one.named(case.page))
    visitor.find(f"#{one.form}")
    visitor.until_ready()
    before, held = one.stands(), visitor.run(HOLDS, one.form, list(case.wrong))
    one.send(case.wrong)
    one.until_said(case.at, case.said)
    assert one.stands() == before, "what was refused is not kept, not even in part"
    one.fill(held)
    if not case.alone:
        late(one)
    one.send(case.right)
    visitor.until(lambda: one.stands() == case.becomes)


def late(one: Walk) -> None:
    """Somebody else was quicker: that is told, nothing is kept, and the newest state is a click away."""
    case, visitor = one.case, one.visitor
    one.run(case.meanwhile)
    before = one.stands()
    one.send({**case.right, **(case.clash or {})})
    one.until_said(case.late_at, case.late)
    assert one.stands() == before, "what was late is not kept, not even in part"
    if not case.late_at:
        seen = visitor.run(SEEN, one.form)
        visitor.click(f"#{one.form} .form-said button")
        visitor.until(lambda: visitor.run(SEEN, one.form) not in (None, seen))


def journeys():
    """The forms of each person, as many as fit well under the time limit of a test."""
    for who in dict.fromkeys(case.who for case in CASES):
        own = [case for case in CASES if case.who == who]
        yield from (own[first:first + _AT_ONCE] for first in range(0, len(own), _AT_ONCE))


@pytest.mark.parametrize("cases", list(journeys()), ids=lambda cases: f"{cases[0].who}-{cases[0].form.split('{')[0]}")
def test_each_form_tells_what_is_wrong_and_late_and_keeps_what_is_right(visitor, product, cases):
    visitor.expected_statuses = (409, 422)
    visitor.expected_failures.add("/api/traffic-admin/amocrm/structure")     # nobody answers there
    visitor.enter(cases[0].who, "/profile")
    failed = []
    for case in cases:
        one = Walk(visitor, product, case)
        try:
            walk(one)
        except (AssertionError, WebDriverException) as error:
            failed.append(f"{case.drawn}: {error!r}, said {one.said(case.at)!r}, {one.said('')!r}, {one.stands()!r}")
        finally:
            one.run(case.after)
    assert not failed, "\n".join(failed)
