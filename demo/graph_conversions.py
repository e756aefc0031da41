"""The Conversions API of the Graph stand-in: events are taken whole requests at a time, or refused for one of them."""

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from demo.graph_answers import GraphRefusal
from demo.loopback import Request

MOST_EVENTS = 1000
_OLDEST_SECONDS = 7 * 24 * 3600
_HASH = re.compile(r"[0-9a-f]{64}")
_HASHED = ("em", "ph", "external_id")


@dataclass
class GraphConversions:
    """What was received, by dataset and event id. ``refused`` ids spoil every request they are in."""

    received: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    requests: int = 0
    refused: set[str] = field(default_factory=set)

    def take(self, dataset_id: str, request: Request) -> dict[str, Any]:
        """Take the events of a request; the same event again counts once. Raises: GraphRefusal for all of them."""
        self.requests += 1
        try:
            events = json.loads(request.query.get("data") or "")
        except ValueError:
            events = None
        if not isinstance(events, list) or not 0 < len(events) <= MOST_EVENTS:
            raise _refusal("data must be an array of 1 to 1000 events")
        for event in events:
            self._check(event)
        for event in events:
            self.received[dataset_id, event["event_id"]] = event
        return {"events_received": len(events), "messages": [], "fbtrace_id": f"AConversion{self.requests}"}

    def _check(self, event: dict[str, Any]) -> None:
        person, sale = event.get("user_data") or {}, event.get("custom_data") or {}
        age = time.time() - event.get("event_time", 0)
        if not 0 - 60 <= age <= _OLDEST_SECONDS:
            raise _refusal("event_time is older than 7 days or lies in the future", 2804003)
        if not person or any(not _HASH.fullmatch(one) for name in _HASHED for one in person.get(name, [])):
            raise _refusal("user_data holds nothing, or something that is not hashed", 2804050)
        if event.get("event_name") == "Purchase" and not (sale.get("currency") and sale.get("value") is not None):
            raise _refusal("currency and value are required", 2804008)
        if event.get("event_id") in self.refused:
            raise _refusal(f"the event {event['event_id']} cannot be taken", 2804019)


def _refusal(message: str, subcode: int | None = None) -> GraphRefusal:
    return GraphRefusal(400, 100, f"Invalid parameter: {message}", subcode)
