"""What a piece of work takes: seconds by the clock, and seconds of processors, which other work does not lengthen."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]
import psycopg


@dataclass(frozen=True)
class Effort:
    """Seconds by the clock and of processors, of this process and its database server together."""

    clock: float
    processors: float


def measured(url: str, work: Callable[[], object]) -> Effort:
    """Do the work with the server at ``url``, which must run on this machine."""
    with psycopg.connect(url) as connection:
        server = psutil.Process(connection.info.backend_pid).parent()
        before, started = _processors(server), time.perf_counter()
        work()
        clock = time.perf_counter() - started
        return Effort(clock, _processors(server) - before)


def _processors(server: psutil.Process) -> float:
    """Seconds of this process, of the server's living processes and of those that ended."""
    times = [psutil.Process(os.getpid()).cpu_times(), server.cpu_times()]
    total = sum(one.user + one.system for one in times) + times[1].children_user + times[1].children_system
    for child in server.children():
        try:
            used = child.cpu_times()
        except psutil.NoSuchProcess:    # counted with the server's ended ones next time
            continue
        total += used.user + used.system
    return float(total)
