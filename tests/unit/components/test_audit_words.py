"""Every field the audit log keeps has a name in every language, and its values are words where there are words."""

import ast
from dataclasses import fields

import pytest

from callbacks.admin_audit import differences
from components.audit_words import field_in_words, value_in_words
from core.attribution_rules import Alias, Binding
from core.metrics import Thresholds
from core.team_rules import TeamDraft
from core.texts import LOCALES, has_text, set_locale
from core.user_settings import Notifying
from tests.house.tree import calls, files, syntax

WRITERS = ("record", "_note", "save_entry")
KEPT_WHOLE = (TeamDraft, Notifying, Thresholds, Alias, Binding)


def kept_names() -> set[str]:
    """The names that the calls of the audit log spell out, and those of the records it keeps whole."""
    names = {one.name for record in KEPT_WHOLE for one in fields(record)}
    for path in files(".py", within=("api", "auth", "jobs", "data")):
        for _, call in (one for one in calls(syntax(path)) if one[0] in WRITERS):
            given = [one.value for one in call.keywords if one.arg in ("before", "after")]
            names |= {key.value for value in given for node in ast.walk(value) if isinstance(node, ast.Dict)
                      for key in node.keys if isinstance(key, ast.Constant)}
    return names


@pytest.mark.parametrize("locale", LOCALES)
def test_every_field_has_a_name(locale) -> None:
    set_locale(locale)
    names = kept_names()
    assert len(names) > 40
    assert not {name for name in names if not has_text(f"audit.field.{name}")}


def test_an_entry_is_told_in_words() -> None:
    before = {"role": "analyst", "team": None, "is_active": True, "revenue": None}
    after = {"role": "targetologist", "team": "dala", "is_active": False, "revenue": None}
    assert [(one.name, one.before, one.after) for one in differences(before, after)] == [
        ("Активность", "да", "нет"), ("Роль", "Аналитик", "Таргетолог"), ("Команда", None, "dala")]
    assert [(one.name, one.after) for one in differences(None, {"by": "password"})] == [("Способ", "пароль")]
    assert differences(None, {"revenue": None, "sales": []}) == ()


def test_parts_are_told_one_a_line_and_unknown_words_stay() -> None:
    rules = [{"id": "7", "team_slug": "dala", "priority": 0, "note": ""}, {"id": "8", "kind": "campaign"}]
    assert value_in_words("aliases", rules) == "Номер: 7; Команда: dala; Приоритет: 0\nНомер: 8; Вид: кампания"
    assert (field_in_words("Phone"), value_in_words("status", "strange")) == ("Phone", "strange")
