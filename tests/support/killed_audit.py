"""An audit that is killed while it writes: `killed_audit.py BATCHES ARGUMENTS...`, where that many batches stay whole.

The batch after them is on the disk already when the process is killed, and not committed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator

from release_review.audit.ledger import Ledger
from release_review.cli import main


def kill_after(batches: int) -> None:
    """Kill this process while it writes the batch after so many."""
    whole = Ledger._writing

    @contextlib.contextmanager
    def writing(ledger: Ledger) -> Iterator[sqlite3.Connection]:
        with whole(ledger) as connection:
            connection.execute("PRAGMA cache_size = 1")  # what does not fit goes to the disk before it is committed
            yield connection
            ((count,),) = connection.execute("SELECT count(*) FROM batch")
            if count > batches:
                os.kill(os.getpid(), signal.SIGKILL)

    Ledger._writing = writing  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    kill_after(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
