"""How a jobs process collects garbage: rarely, because what it holds by the hundred thousand has no cycles."""

import gc

_YOUNG_OBJECTS, _YOUNG_TIMES, _MIDDLE_TIMES = 50_000, 20, 20


def collect_rarely() -> None:
    """Leave what is there now alone for good, and look at new objects far less often than Python would.

    Rows of a sync live until they are saved; by default Python walks through all of them every few hundred new ones.
    Call it once, when everything is imported.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, _YOUNG_TIMES, _MIDDLE_TIMES)
