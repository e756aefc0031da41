"""A look for a team nobody chose one for: readable, and not another team's."""

from core.colours import READABLE, contrast_on_page, is_colour
from core.emoji import is_one_emoji
from core.team_looks import EMOJI, propose_colour, propose_emoji


def test_a_hundred_teams_get_a_hundred_readable_colours() -> None:
    taken: list[str] = []
    for _ in range(100):
        taken.append(propose_colour([one.lower() for one in taken]))
    assert len(set(taken)) == 100
    assert all(is_colour(one) and contrast_on_page(one) >= READABLE for one in taken)


def test_a_team_gets_an_emoji_nobody_has_while_there_is_one() -> None:
    assert all(is_one_emoji(one) for one in EMOJI)
    assert [propose_emoji(EMOJI[:number]) for number in range(len(EMOJI))] == list(EMOJI)
    assert propose_emoji(EMOJI) == EMOJI[0]
