"""One connection to Graph: the SDK's API object with its own, suspicious way of making a call.

Invariant: what ``call`` returns is a JSON object of the shape Graph promises; everything else has become an exception
of ``errors``. The token travels in the Authorization header and is cut out of every text that comes back, so neither
an address nor an exception nor a ``paging.next`` ever holds it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from facebook_business.api import FacebookAdsApi, FacebookResponse
from facebook_business.session import FacebookSession

from integrations.facebook.errors import BadAnswer, FacebookError, Transient, read_error_body, to_error
from integrations.facebook.usage import Usage, read_usage
from integrations.outgoing import BearerAuth, read_answer

_SHORTEST_SECRET = 8
_HIDDEN = "(hidden)"


class GraphConnection(FacebookAdsApi):
    """The SDK's API object for one token. Never made the process's default: tokens of customers would mix."""

    def __init__(self, graph_url: str, api_version: str, app_id: str | None, app_secret: str | None, token: str,
                 timeout: tuple[float, float] = (5, 60)) -> None:
        session = FacebookSession(app_id, app_secret, token, timeout=timeout)
        session.GRAPH = graph_url.rstrip("/")
        # The SDK puts the token into every address; the proof alone is useless without it and may stay.
        del session.requests.params["access_token"]
        # Texts for people come in the person's own language else, and "reduce the amount" at times stands there only.
        session.requests.params["locale"] = "en_US"
        session.requests.auth = BearerAuth(token)
        super().__init__(session, api_version)
        self.usage = Usage()
        self.server_time: datetime | None = None      # by Facebook's clock, of the last answer that told it
        self._secrets = [secret for secret in (token, getattr(session, "appsecret_proof", None), app_secret)
                         if secret and len(secret) >= _SHORTEST_SECRET]

    def __repr__(self) -> str:
        return f"GraphConnection({self._session.GRAPH}, {self._api_version})"

    def call(self, method: str, path: str | Iterable[str], params: Mapping[str, Any] | None = None,
             headers: Mapping[str, str] | None = None, files: Mapping[str, Any] | None = None,
             url_override: str | None = None, api_version: str | None = None) -> FacebookResponse:
        """Make one call and judge its answer. ``path`` is a tuple of parts, or a whole address.

        Raises: an exception of ``integrations.facebook.errors``; the SDK's own are never raised.
        """
        address = path if isinstance(path, str) else "/".join(
            (url_override or self._session.GRAPH, api_version or self._api_version, *map(str, path)))
        return self._exchange(method, address, params or {}, headers or {}, files)[0]

    def fetch(self, path: tuple[str, ...], params: Mapping[str, Any], *, is_edge: bool) -> dict[str, Any]:
        """The object at a path, or a page of an edge (then ``data`` is a list of objects).

        Raises: BadAnswer when the answer is of the other kind; otherwise as ``call``.
        """
        _, body = self._exchange("GET", "/".join((self._session.GRAPH, self._api_version, *path)), params, {}, None)
        if is_edge and not _is_page(body):
            raise BadAnswer(f"Facebook answered {path[-1]} without a list of rows")
        if not is_edge and not body.get("id"):
            raise BadAnswer(f"Facebook answered {path[-1]} without its id")
        return body

    def order(self, path: tuple[str, ...], params: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a POST at a path. Raises as ``call``."""
        return self._exchange("POST", "/".join((self._session.GRAPH, self._api_version, *path)), params, {}, None)[1]

    def _exchange(self, method: str, address: str, params: Mapping[str, Any], headers: Mapping[str, str],
                  files: Mapping[str, Any] | None) -> tuple[FacebookResponse, dict[str, Any]]:
        self._num_requests_attempted += 1
        status, answer_headers, text = self._send(method, address, _encode(params),
                                                  {**headers, **self.HTTP_DEFAULT_HEADERS}, files)
        self.usage = read_usage(answer_headers)
        self.server_time = _read_date(answer_headers.get("date")) or self.server_time
        body = self._judge(status, text)
        self._num_requests_succeeded += 1
        return FacebookResponse(text, status, answer_headers, {"method": method, "path": address}), body

    def _send(self, method: str, address: str, params: dict[str, Any], headers: dict[str, str],
              files: Mapping[str, Any] | None) -> tuple[int, Mapping[str, str], str]:
        place = "params" if method in ("GET", "DELETE") else "data"
        failure = None
        try:
            with self._session.requests.request(method, address, headers=headers, files=files, stream=True,
                                                allow_redirects=False, timeout=self._session.timeout,
                                                **{place: params}) as response:
                return response.status_code, response.headers, self._hide(read_answer(response).decode())
        except UnicodeDecodeError:
            failure = "the answer is no UTF-8"
        except requests.RequestException as error:
            failure = type(error).__name__
        # Raised outside the handler: the library's exception quotes the address, and a context would carry it along.
        raise Transient(f"No answer from Facebook ({failure})")

    def _judge(self, status: int, text: str) -> dict[str, Any]:
        body = _parse(text)
        if body is None:
            raise BadAnswer(f"Facebook answered {status} with something that is no JSON object")
        if "error" in body:
            raise self._refusal(status, body["error"])
        if not 200 <= status < 300:
            raise BadAnswer(f"Facebook answered {status} without an error")
        return body

    def _refusal(self, status: int, error: Any) -> FacebookError:
        if not isinstance(error, dict):
            return BadAnswer(f"Facebook answered {status} with an error that is no object")
        return to_error(read_error_body(error, status), self.usage)

    def _hide(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text


def _read_date(written: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written) if written else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _parse(text: str) -> dict[str, Any] | None:
    try:
        body = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_page(body: Mapping[str, Any]) -> bool:
    rows = body.get("data")
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _encode(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list | tuple | bool) else value
            for name, value in params.items()}
