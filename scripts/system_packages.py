"""Installs programs through the package manager of the operating system, when this user may.

Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess

from scripts.console import last_lines, run_patiently

MANAGERS: dict[str, tuple[list[str], ...]] = {
    "apt-get": (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends"]),
    "dnf": (["dnf", "install", "-y"],),
    "zypper": (["zypper", "--non-interactive", "install"],),
    "pacman": (["pacman", "-Sy", "--noconfirm", "--needed"],),
    "brew": (["brew", "install"],),
}


def install(packages: dict[str, list[str]], purpose: str) -> str | None:
    """Install the packages named for this system's manager.

    ``packages`` maps a manager to package names, ``purpose`` ends the line that is shown. Returns ``None`` when the
    manager reported success, else a sentence that says why not and what a person can do.
    """
    manager = next((name for name in MANAGERS if name in packages and shutil.which(name)), None)
    if manager is None:
        return f"No known package manager was found ({', '.join(packages)})."
    names = packages[manager]
    by_hand = f"Install by hand: {' '.join([*MANAGERS[manager][-1], *names])}"
    prefix = _permission(manager)
    if prefix is None:
        return f"This user may not use {manager} (neither root nor sudo without a password). {by_hand}"
    steps = MANAGERS[manager]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in steps:
        command = [*prefix, *step, *(names if step is steps[-1] else [])]
        code, output = run_patiently(command, f"{' '.join(step)} ({purpose})", environment)
        if code and step is steps[-1]:
            return f"{manager} could not install {' '.join(names)}. {by_hand}\n{last_lines(output)}"
    return None


def _permission(manager: str) -> list[str] | None:
    """What to put before the command: nothing for root and brew, sudo when it asks no password, ``None`` if neither."""
    if manager == "brew" or os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n", "--preserve-env=DEBIAN_FRONTEND"]
    return None
