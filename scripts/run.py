"""``make run``: makes the environment ready and goes on inside it with ``scripts.serve``. Standard library only."""

from __future__ import annotations

from scripts.bootstrap import enter
from scripts.console import ending_well

if __name__ == "__main__":
    ending_well(lambda: enter("scripts.serve"))
