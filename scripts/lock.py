"""``make lock``: exact versions with hashes for every platform, from ``requirements*.in``. Standard library only."""

from __future__ import annotations

import os

from scripts.bootstrap import DEV_LOCK, ROOT, RUNTIME_LOCK, find_uv
from scripts.console import Trouble, ending_well, last_lines, run_patiently


def main() -> int:
    """Write both lock files, the runtime first: the tools are held to its versions. Raises: Trouble."""
    os.chdir(ROOT)
    uv = find_uv()
    if uv is None:
        raise Trouble("uv could not be fetched; install it and try again.")
    for lock in (RUNTIME_LOCK, DEV_LOCK):
        source = lock.replace(".txt", ".in")
        code, output = run_patiently(
            [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-emit-index-url",
             "--no-emit-find-links", "--python-version", "3.11", source, "--output-file", lock], f"Locking {source} …")
        if code:
            raise Trouble(f"{source} could not be locked.\n{last_lines(output)}")
    return 0


if __name__ == "__main__":
    ending_well(main)
