"""A sentence kept once is read in the language of whoever reads it."""

from core.sentences import keep, read, read_or_none
from core.texts import LOCALES, locale


def test_one_sentence_in_three_languages() -> None:
    kept = keep("facebook.run_error", account="Main", reason=keep("facebook.fault.busy"))
    said = set()
    for code in LOCALES:
        with locale(code):
            said.add(read(kept))
    assert len(said) == 3 and all(one.startswith("Main: ") for one in said)


def test_words_of_before_and_strange_texts_stay_as_they_are() -> None:
    for text in ("Another process reads it.", "{not json", '{"key": "no.such.key"}', '{"a": 1}', ""):
        assert read(text) == text
    assert read_or_none(None) is None


def test_what_facebook_said_may_hold_braces_and_is_cut() -> None:
    with locale("en"):
        assert "{x}" in read(keep("facebook.fault.away", said="odd {x} answer"))
        assert len(read(keep("facebook.fault.away", said="y" * 5000))) < 600
