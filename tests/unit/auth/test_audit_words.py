"""Every deed of the audit log has its words: an admin reads what was done, not its key."""

import pytest

from auth.audit import Action
from core.texts import LOCALES, has_text, locale


@pytest.mark.parametrize("code", sorted(LOCALES))
def test_every_deed_has_its_words(code: str) -> None:
    with locale(code):
        assert [deed.value for deed in Action if not has_text(f"audit.action.{deed.value}")] == []
