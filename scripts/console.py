"""How the scripts speak to the person who started them: short lines, a sign of life, a sentence when they give up.

Standard library only: these scripts run before any package is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

BEAT_SECONDS = 5


class Trouble(Exception):
    """The script cannot go on; the text is the sentence the person reads instead of a traceback."""


def say(text: str) -> None:
    """Print one line at once, even into a pipe."""
    print(text, flush=True)


def ending_well(work: Callable[[], int]) -> NoReturn:
    """Run a script's ``work`` and end the process: 1 with a sentence for ``Trouble``, 130 for Ctrl-C."""
    try:
        code = work()
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr, flush=True)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def run_patiently(command: Sequence[str], waiting: str, environment: Mapping[str, str] | None = None,
                  ) -> tuple[int, str]:
    """Run a command without its chatter, saying every few seconds that ``waiting`` still goes on.

    Returns the exit code and everything the command wrote. A command that does not exist gives 127.
    """
    say(waiting)
    started = time.monotonic()
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS):
            say(f"  … {time.monotonic() - started:.0f} s")

    threading.Thread(target=beat, daemon=True).start()
    try:
        result = subprocess.run(list(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                errors="replace", stdin=subprocess.DEVNULL, env=dict(environment or os.environ))
    except OSError as error:
        return 127, str(error)
    finally:
        done.set()
    return result.returncode, result.stdout


def last_lines(text: str, count: int = 12) -> str:
    """The end of a command's output, indented, for a sentence that must show the cause."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-count:])
