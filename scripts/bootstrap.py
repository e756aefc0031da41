"""Makes ``.venv`` with exactly the locked packages: about ten seconds the first time, nothing the next time.

Standard library only. uv does the work; it is taken from PATH or fetched into ``.tools``; without it pip does.
The stamp beside the packages holds the hash of the lock, so an unchanged lock costs one file read.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from scripts import system_packages
from scripts.console import Trouble, ending_well, last_lines, run_patiently, say

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
RUNTIME_LOCK = "requirements.txt"
DEV_LOCK = "requirements-dev.txt"
PIP_PACKAGES = {"apt-get": ["python3-venv", "python3-pip"], "dnf": ["python3-pip"], "zypper": ["python3-pip"],
                "pacman": ["python-pip"]}
NETWORK_SIGNS = ("dns error", "failed to fetch", "connection", "timed out", "temporary failure in name resolution",
                 "no route to host", "network is unreachable", "proxy", "certificate", "newconnectionerror",
                 "error sending request", "could not find a version that satisfies", "tunnel")
COMPILER_SIGNS = ("failed to build", "building wheel", "error: command", "compiler", "no such file or directory: 'cc'",
                  "gcc", "cargo", "cmake")


def enter(module: str, dev: bool = False) -> NoReturn:
    """Make the environment ready and go on as ``python -m module`` inside it, with the same arguments."""
    python = prepare(dev=dev)
    os.chdir(ROOT)
    os.execv(python, [str(python), "-m", module, *sys.argv[1:]])


def prepare(dev: bool = False) -> Path:
    """Bring ``.venv`` to the state of the lock files and return its interpreter.

    ``dev`` adds the tools for tests and lint. Raises: Trouble.
    """
    _use_new_enough_python()
    locks = [RUNTIME_LOCK, DEV_LOCK] if dev else [RUNTIME_LOCK]
    python = VENV / "bin" / "python"
    stale = [lock for lock in locks if not _is_installed(lock)]
    if stale and not python.exists():
        _check_writable(ROOT)
    for lock in stale:
        _install(lock, python)
        _stamp(lock).write_text(_fingerprint(lock))
    return python


def find_uv() -> str | None:
    """Path of a working uv: the one on PATH, the one in ``.tools``, or one fetched now; ``None`` without any."""
    fetched = [TOOLS / "bin" / "uv", TOOLS / "venv" / "bin" / "uv"]
    for candidate in [shutil.which("uv"), *map(str, fetched)]:
        if candidate and _answers([candidate, "--version"]):
            return candidate
    if _answers([sys.executable, "-m", "pip", "--version"]):
        run_patiently([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(TOOLS), "uv"],
                      "Fetching uv (the installer of Python packages) …")
    elif _answers([sys.executable, "-c", "import ensurepip, venv"]):
        run_patiently([sys.executable, "-m", "venv", str(TOOLS / "venv")], "Making a place for uv …")
        run_patiently([str(TOOLS / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"],
                      "Fetching uv (the installer of Python packages) …")
    return next((str(path) for path in fetched if _answers([str(path), "--version"])), None)


def _use_new_enough_python() -> None:
    """Go on with a newer interpreter of PATH when this one is too old; the script starts again from its beginning."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    found = [path for name in NEWER_PYTHONS if (path := shutil.which(name)) and _answers([path, "-V"])]
    if not found:
        raise Trouble(f"Python {platform.python_version()} is too old: 3.11 or newer is needed. Install one, or name "
                      "it: make PYTHON=/path/to/python3.12 …")
    started_as = sys.modules["__main__"].__spec__.name  # type: ignore[union-attr]
    os.execv(found[0], [found[0], "-m", started_as, *sys.argv[1:]])


def _is_installed(lock: str) -> bool:
    stamp = _stamp(lock)
    return stamp.exists() and stamp.read_text() == _fingerprint(lock)


def _stamp(lock: str) -> Path:
    return VENV / f".installed-{lock}"


def _fingerprint(lock: str) -> str:
    """Changes with the lock, the Python version and the folder (a moved environment does not work)."""
    digest = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    return f"{digest} {sys.version_info[0]}.{sys.version_info[1]} {platform.machine()} {ROOT}"


def _install(lock: str, python: Path) -> None:
    """Install one lock file, with uv when there is one, with pip when uv fails or is missing."""
    uv = find_uv()
    if not _fits(python):
        shutil.rmtree(VENV, ignore_errors=True)
        _make_venv(uv)
    attempts = [[str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]]
    if uv:
        attempts.insert(0, [uv, "pip", "install", "--quiet", "--python", str(python)])
    output = ""
    for attempt in attempts:
        if attempt[0] == str(python) and not _has_pip(python):
            continue
        code, said = run_patiently([*attempt, "--require-hashes", "-r", str(ROOT / lock)],
                                   f"Installing the packages of {lock} …", _uv_environment())
        if code == 0:
            return
        output = output or said
    raise Trouble(_explain(lock, output))


def _fits(python: Path) -> bool:
    """True when the environment works and has the version of Python that runs this script."""
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    check = "import sys; sys.exit('%d.%d' % sys.version_info[:2] != sys.argv[1])"
    return python.exists() and _answers([str(python), "-c", check, wanted])


def _make_venv(uv: str | None) -> None:
    if uv and run_patiently([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)],
                            "Making .venv …", _uv_environment())[0] == 0:
        return
    if not _answers([sys.executable, "-c", "import ensurepip, venv"]):
        reason = system_packages.install(PIP_PACKAGES, "Python lacks its module ensurepip")
        if reason:
            raise Trouble(f"This Python can make no environment (no pip, no ensurepip), and uv is missing. {reason}")
    code, output = run_patiently([sys.executable, "-m", "venv", str(VENV)], "Making .venv with venv …")
    if code:
        raise Trouble(f"The environment .venv could not be made.\n{last_lines(output)}")


def _uv_environment() -> dict[str, str]:
    """uv reads other variables than pip: the person's index and certificate count for both."""
    environment = dict(os.environ)
    for theirs, ours in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if theirs in environment:
            environment.setdefault(ours, environment[theirs])
    environment["VIRTUAL_ENV"] = str(VENV)
    return environment


def _explain(lock: str, output: str) -> str:
    """The likely cause of a failed installation as a sentence, with the end of what the installer said."""
    said = output.lower()
    if platform.libc_ver()[0] != "glibc" and sys.platform == "linux":
        cause = "This Linux has no glibc (Alpine?); the embedded database has no wheel for it. Use a glibc Linux."
    elif any(sign in said for sign in COMPILER_SIGNS) and not any(sign in said for sign in NETWORK_SIGNS[:6]):
        cause = ("A package had to be compiled and that failed: no ready wheel for this Python and machine. "
                 "Use Python 3.11 to 3.13, or install a C compiler (Debian: build-essential).")
    elif "permission denied" in said:
        cause = f"The folder {VENV} may not be written by this user."
    elif "no space left" in said:
        cause = "The disk is full."
    elif any(sign in said for sign in NETWORK_SIGNS):
        cause = ("The package index could not be reached. Check the network; behind a proxy set HTTPS_PROXY, with an "
                 "own index PIP_INDEX_URL.")
    else:
        cause = "The installer failed."
    return f"The packages of {lock} were not installed. {cause}\n{last_lines(output, 4)}"


def _check_writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK):
        raise Trouble(f"The folder {folder} may not be written by this user; the environment .venv belongs there.")


def _has_pip(python: Path) -> bool:
    """True when the environment has pip; uv leaves it out, ensurepip puts it in."""
    return _answers([str(python), "-m", "pip", "--version"]) or _answers([str(python), "-m", "ensurepip"])


def _answers(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def main() -> int:
    """``python3 -m scripts.bootstrap [--dev]``: only make the environment."""
    prepare(dev="--dev" in sys.argv)
    say("The environment .venv is ready.")
    return 0


if __name__ == "__main__":
    ending_well(main)
