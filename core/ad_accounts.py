"""The state of an ad account in words: Facebook tells a number."""

_WORDS = {
    1: "active", 2: "disabled", 3: "unsettled", 7: "pending_risk_review", 8: "pending_settlement",
    9: "in_grace_period", 100: "pending_closure", 101: "closed", 201: "any_active", 202: "any_closed",
}
ACCOUNT_STATES = (*_WORDS.values(), "unknown")


def account_state(status: int) -> str:
    """The word for Facebook's ``account_status``. Disabled and unsettled accounts still have statistics."""
    return _WORDS.get(status, "unknown")
