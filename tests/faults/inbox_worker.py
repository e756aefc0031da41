"""A worker of the inbox as a process of its own, for tests that kill it; its argument is the database."""

import sys
from types import SimpleNamespace
from typing import cast

from core.business_time import BusinessCalendar
from core.settings import Settings
from data.engine import JOBS_ROLE, Database
from jobs.context import Cipher, JobContext
from jobs.process_inbox import process_inbox
from tests.conftest import opened

AT_ONCE = 7


def main(url: str) -> None:
    """Work until nothing is due; says so when it begins."""
    with opened(url, JOBS_ROLE) as database:
        context = context_of(database)
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        while process_inbox(context, AT_ONCE):
            pass


def context_of(database: Database) -> JobContext:
    """What a worker needs when it calls nobody."""
    settings = cast(Settings, SimpleNamespace(amocrm_account_id=None))
    return JobContext(settings, database, cast(Cipher, None), BusinessCalendar("Asia/Almaty"))


if __name__ == "__main__":
    main(sys.argv[1])
