"""Keeps child processes running: starts them with a log each, restarts the dead with growing pauses, stops them all.

Standard library only. Children get a session of their own, so that Ctrl-C reaches only the supervisor, which then
stops them in order.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scripts.console import last_lines, say

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # seconds after which a child counts as healthy and its pause starts anew
PATIENCE = 20.0      # seconds a child gets to finish its work
LOG_LIMIT = 10_000_000  # bytes


class Child:
    """One process that should always run."""

    def __init__(self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = FIRST_PAUSE
        self._start_again_at: float | None = None

    @property
    def is_alive(self) -> bool:
        """True while the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process; its output goes to the end of the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=output,
                                             stderr=subprocess.STDOUT, env=self._environment, start_new_session=True)
        self._started = time.monotonic()
        self._start_again_at = None

    def keep_alive(self) -> None:
        """Start a dead process again once its pause is over; each early death doubles the pause."""
        now = time.monotonic()
        if self.is_alive or self._process is None:
            return
        if self._start_again_at is None:
            self._pause = FIRST_PAUSE if now - self._started > STEADY_AFTER else self._pause
            say(f"{self.name} ended with code {self._process.returncode}; starting it again in {self._pause:.0f} s "
                f"(log: {self.log})")
            self._start_again_at = now + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        elif now >= self._start_again_at:
            self.start()

    def ask_to_stop(self) -> None:
        """Send SIGTERM; the process finishes what it has begun."""
        if self._process is not None and self.is_alive:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait until ``deadline`` (monotonic), then end the process and everything it started."""
        if self._process is None:
            return
        try:
            self._process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            say(f"{self.name} does not stop; ending it.")
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def last_words(self) -> str:
        """The end of its log, indented."""
        return last_lines(self.log.read_text("utf-8", errors="replace")) if self.log.exists() else ""


class Supervisor:
    """The children in the order they start; they stop in the opposite order."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._stop_asked = False

    def obey_signals(self) -> None:
        """From now on SIGTERM, SIGHUP and Ctrl-C raise KeyboardInterrupt once; while stopping they are ignored."""
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, self._interrupt)

    def add(self, child: Child) -> Child:
        """Start a child and keep it."""
        self.children.append(child)
        child.start()
        return child

    def watch(self, until: Callable[[], bool] = lambda: False, pause: float = 0.2) -> None:
        """Keep the children alive until ``until()`` is true or a signal comes."""
        while not until():
            for child in self.children:
                child.keep_alive()
            time.sleep(pause)

    def stop(self) -> None:
        """Stop all children, the last started first, and wait for them."""
        self._stop_asked = True
        for child in reversed(self.children):
            child.ask_to_stop()
        deadline = time.monotonic() + PATIENCE
        for child in reversed(self.children):
            child.wait(deadline)

    def _interrupt(self, number: int, _frame: object) -> None:
        if self._stop_asked:
            return
        self._stop_asked = True
        sys.stdout.write("\n")
        raise KeyboardInterrupt
