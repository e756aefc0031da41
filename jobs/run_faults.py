"""Why a run ended short of its aim: kept sentences with the next step, each reader reads them in the own language."""

from core.sentences import keep
from data.amocrm_connection import NotConnected
from integrations.amocrm.errors import AmocrmError, BadRequest, Refused, TokenInvalid
from integrations.rates.client import RatesUnavailable

ABANDONED = keep("run_fault.abandoned")
STOPPED = keep("run_fault.stopped")


class RunFault(Exception):
    """A run cannot be done; the message is a kept sentence for whoever asked."""


KNOWN_FAULTS = (RunFault, RatesUnavailable, AmocrmError, NotConnected)
_KEYS: tuple[tuple[type[Exception], str], ...] = (
    (TokenInvalid, "run_fault.amocrm_token"), (Refused, "run_fault.amocrm_refused"),
    (BadRequest, "run_fault.amocrm_request"), (AmocrmError, "run_fault.amocrm_away"),
    (RatesUnavailable, "run_fault.bank_away"), (NotConnected, "run_fault.amocrm_not_connected"),
)


def fault_sentence(error: Exception) -> str:
    """The kept sentence for what ended a run; of a fault of ours it names the kind only, its words may hold secrets."""
    if isinstance(error, RunFault):
        return str(error)
    key = next((key for kind, key in _KEYS if isinstance(error, kind)), None)
    return keep("run_fault.broken", kind=type(error).__name__) if key is None else keep(key, said=str(error))
