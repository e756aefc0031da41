"""Why a token died, as the state of its connection and the sentence that tells the next step."""

from integrations.facebook.errors import TokenInvalid

_BY_SUBCODE = {
    458: ("reconnect", "facebook.problem.app_removed"),
    459: ("log_in_at_facebook", "facebook.problem.checkpoint"),
    460: ("reconnect", "facebook.problem.password_changed"),
    463: ("reconnect", "facebook.problem.expired"),
    464: ("log_in_at_facebook", "facebook.problem.unconfirmed"),
    467: ("reconnect", "facebook.problem.invalidated"),
}
UNKNOWN = ("reconnect", "facebook.problem.token_bad")


def problem_of(error: TokenInvalid) -> tuple[str, str]:
    """The state of the connection and the key of the sentence, by the subcode of the refusal."""
    return problem_of_subcode(error.body.subcode if error.body else None)


def problem_of_subcode(subcode: int | None) -> tuple[str, str]:
    """The same by the subcode alone, as ``/debug_token`` tells it."""
    return _BY_SUBCODE.get(subcode or 0, UNKNOWN)
