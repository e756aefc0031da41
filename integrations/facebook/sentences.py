"""What a refusal of Facebook means for whoever looks after an account: a kept sentence with the next step."""

from core.sentences import keep
from integrations.facebook.errors import (
    Blocked,
    FacebookError,
    HistoryTooOld,
    ObjectMissing,
    PermissionMissing,
    TokenInvalid,
    TooMuchData,
    Transient,
    VersionGone,
)
from integrations.facebook.token_problems import problem_of

_KEYS: tuple[tuple[type[FacebookError], str], ...] = (
    (PermissionMissing, "facebook.fault.permission"), (ObjectMissing, "facebook.fault.missing"),
    (TooMuchData, "facebook.fault.too_much"), (Blocked, "facebook.fault.blocked"),
    (HistoryTooOld, "facebook.fault.too_old"), (VersionGone, "facebook.fault.version"),
    (Transient, "facebook.fault.away"),
)


def sentence_of(error: FacebookError) -> str:
    """The kept sentence for an error; what Facebook itself said goes with it, for its support."""
    said = str(error)
    if isinstance(error, TokenInvalid):
        return keep("facebook.fault.token", problem=keep(problem_of(error)[1]), said=said)
    key = next((key for kind, key in _KEYS if isinstance(error, kind)), "facebook.fault.request")
    return keep(key, said=said)
