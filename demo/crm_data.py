"""What the amoCRM stand-in knows: the world's deals, contacts and pipelines as API v4 objects.

Invariant: the dicts are in the vendor's own shape (unix times, ``custom_fields_values``, ``_embedded``), so that what
the stand-in serves is read by the same code as a genuine answer.
"""

from dataclasses import dataclass, field
from typing import Any

DEMO_TOKEN = "demo-amocrm-token"


@dataclass(frozen=True)
class CrmData:
    """Everything the amoCRM API stand-in answers from.

    ``leads`` are v4 leads (``id, name, price, status_id, pipeline_id, created_at, updated_at, closed_at, is_deleted,
    custom_fields_values, account_id, _embedded.contacts[{id, is_main}]``); contacts of a lead are always given here and
    served only when asked for with ``with=contacts``. ``contacts`` are v4 contacts with PHONE and EMAIL fields.
    ``pipelines`` are ``{id, name, is_main, _embedded: {statuses: [...]}}``. ``token`` is the one bearer token accepted.
    """

    account_id: int
    subdomain: str
    leads: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    pipelines: list[dict[str, Any]] = field(default_factory=list)
    token: str = DEMO_TOKEN
