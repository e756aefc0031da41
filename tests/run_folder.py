"""The folder of one run of the tests: in memory where there is room, as a test's database is hundreds of small files.

A copy of the template takes a tenth of the processor time there that it takes on a disk.
"""

import shutil
import tempfile
from os import getpid
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")
ROOM = 3 * 2**30  # bytes; the databases of a run and their log take less than a third of it
_PREFIX = "td-run-"


def make_run_folder() -> Path:
    """A new folder of this process; what a killed run left in memory is removed first."""
    if not _has_room():
        return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{getpid()}-"))
    for left in MEMORY.glob(f"{_PREFIX}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(_PREFIX).split("-")[0])):
            _end_server(left)
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{getpid()}-", dir=MEMORY))


def _has_room() -> bool:
    return MEMORY.is_dir() and min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) > ROOM


def _end_server(folder: Path) -> None:
    """End a server whose run was killed; its number may belong to another program by now."""
    try:
        server = psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text("utf-8").split("\n")[0]))
        if str(folder) in " ".join(server.cmdline()):
            server.kill()
            server.wait(10)
    except (OSError, ValueError, psutil.Error):
        return
