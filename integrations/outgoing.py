"""What every outgoing call keeps to: the token in a header, an answer of bounded size and time.

Invariant: nothing here puts a secret into an address or an exception.
"""

import time

import requests
from requests.auth import AuthBase

LARGEST_ANSWER = 32 * 1024 * 1024
LONGEST_ANSWER_SECONDS = 120.0


class BearerAuth(AuthBase):
    """The token as a header. As ``auth`` of a session it also keeps a netrc file from replacing it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the token into the request's header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def read_answer(response: requests.Response) -> bytes:
    """The body of an answer opened with ``stream=True``.

    Raises: requests.RequestException when the line breaks, or the answer is too large or too slow: a read timeout
    bounds each piece only, and a line that drips would hold a worker for ever.
    """
    deadline = time.monotonic() + LONGEST_ANSWER_SECONDS
    content = bytearray()
    for piece in response.iter_content(64 * 1024):
        content += piece
        if len(content) > LARGEST_ANSWER or time.monotonic() > deadline:
            raise requests.ConnectionError("the answer is too large or too slow")
    return bytes(content)
