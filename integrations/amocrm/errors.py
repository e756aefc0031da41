"""What went wrong at the amoCRM API, as exceptions that say what to do about it.

Invariant: no exception holds the token or the exception of the HTTP library.
"""


class AmocrmError(Exception):
    """Any failure of a call to amoCRM. ``status`` is that of the answer, ``None`` when there was none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class TokenInvalid(AmocrmError):
    """401: the token is expired or revoked; a person has to connect the account again."""


class Refused(AmocrmError):
    """402 or 403: the tariff, the rights, or an account blocked after too many calls. Calling on makes it worse."""


class BadRequest(AmocrmError):
    """The request itself is wrong: a fault of ours, never retried."""


class Transient(AmocrmError):
    """A passing fault of amoCRM or of the line: worth another try."""


class RateLimited(Transient):
    """429: too many calls. No answer says for how long."""


class BadAnswer(Transient):
    """What came is no answer of the API: another format, cut, or of another shape."""
