"""Sends events to the Conversions API; a refused batch is split until the event that spoils it stands alone."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from integrations.facebook.connection import GraphConnection
from integrations.facebook.errors import BadAnswer, BadRequest, FacebookError, ObjectMissing, PermissionMissing
from integrations.facebook.reader import Turn

MOST_EVENTS = 500       # a request may hold twice as many; shorter ones are refused less dearly


@dataclass(frozen=True)
class Sent:
    """What became of one event. ``refusal`` is Facebook's reason, ``None`` when it was taken."""

    event_id: str
    trace: str | None = None
    refusal: str | None = None


class ConversionsClient:
    """One dataset as one token sees it."""

    def __init__(self, graph_url: str, api_version: str, app_id: str | None, app_secret: str | None, token: str,
                 dataset_id: str, test_code: str | None = None, turn: Turn = nullcontext) -> None:
        """``turn`` is entered around each call and raises when nobody may call now."""
        self._make = lambda secret: GraphConnection(graph_url, api_version, app_id, secret, token)
        self._connection = self._make(app_secret)
        self._path, self._test_code, self._turn = (dataset_id, "events"), test_code, turn

    def send(self, events: Sequence[Mapping[str, Any]]) -> list[Sent]:
        """Send events, at most ``MOST_EVENTS`` at a time; an answer for each.

        Raises: FacebookError when the fault is not of an event (token, limits, the line); then none of the last
        request may be taken for sent, and sending it again is harmless.
        """
        done: list[Sent] = []
        for start in range(0, len(events), MOST_EVENTS):
            done += self._batch(events[start:start + MOST_EVENTS])
        return done

    def _batch(self, events: Sequence[Mapping[str, Any]]) -> list[Sent]:
        try:
            answer = self._post(events)
            refusal = None if _received(answer) == len(events) else f"Facebook took no event: {answer.get('messages')}"
        except (PermissionMissing, ObjectMissing):
            raise
        except BadRequest as error:
            answer, refusal = {}, str(error)
        if refusal is None:
            trace = str(answer["fbtrace_id"]) if answer.get("fbtrace_id") else None
            return [Sent(str(event["event_id"]), trace) for event in events]
        if len(events) == 1:
            return [Sent(str(events[0]["event_id"]), refusal=refusal)]
        middle = len(events) // 2
        return self._batch(events[:middle]) + self._batch(events[middle:])

    def _post(self, events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        params: dict[str, Any] = {"data": list(events)}
        if self._test_code:
            params["test_event_code"] = self._test_code
        try:
            with self._turn():
                return self._connection.order(self._path, params)
        except FacebookError as error:
            # A token made in the dataset's own settings belongs to another application than ours.
            if "appsecret_proof" not in str(error) or "Invalid" not in str(error):
                raise
        self._connection = self._make(None)
        with self._turn():
            return self._connection.order(self._path, params)


def _received(answer: Mapping[str, Any]) -> int:
    received = answer.get("events_received")
    if isinstance(received, bool) or not isinstance(received, int):
        raise BadAnswer("Facebook took events without telling how many")
    return received
