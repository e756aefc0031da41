"""A product of its own for measuring: started by the starting script in a temporary folder, stopped at the end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_PATIENCE = 300.0


class StartFailed(Exception):
    """The product did not come up; the message is the end of what it said."""


@contextmanager
def running_product(var_dir: Path, moment: datetime) -> Iterator[tuple[str, float]]:
    """Run the demo, whose history ends at ``moment``, with its data in ``var_dir``.

    Answers its address and the seconds until it could be used.

    Raises: StartFailed.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment |= {"VAR_DIR": str(var_dir), "PORT": str(port), "DEMO": "1", "PYTHONUNBUFFERED": "1",
                    "DEMO_NOW": moment.isoformat()}
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "scripts.serve"], cwd=ROOT, env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        _wait_until_ready(process, started)
        yield f"http://127.0.0.1:{port}", time.monotonic() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def _wait_until_ready(process: "subprocess.Popen[str]", started: float) -> None:
    said: list[str] = []
    for line in process.stdout or ():
        said.append(line)
        if re.match(r"Ready after", line):
            return
        if time.monotonic() - started > START_PATIENCE:
            break
    raise StartFailed("".join(said[-15:]))
