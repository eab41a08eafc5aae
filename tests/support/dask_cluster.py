"""A Dask cluster on this machine, in processes of its own; it ends with whoever began it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SUPPORT = Path(__file__).parent
LOST_BEFORE_GIVEN_UP = 1
"""Workers that Dask lets a task cost; its own default is 3."""


@contextmanager
def dask_cluster(workers: int, *, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start a cluster whose processes work in a folder; give the address of its scheduler, and its process."""
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
        "PYTHONPATH": os.pathsep.join((str(SUPPORT), os.environ.get("PYTHONPATH", ""))),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(LOST_BEFORE_GIVEN_UP),
        "DASK_TEMPORARY_DIRECTORY": str(folder),
        "PYTHONWARNINGS": "default",
    }
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, __file__, str(workers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=folder,
            env=variables,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.stdin.close()  # it waits for that
            process.wait(timeout=60)


def main() -> None:
    import distributed

    start: Any = distributed.LocalCluster
    with start(n_workers=int(sys.argv[1]), threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)  # noqa: T201 - whoever began it reads it
        sys.stdin.read()


if __name__ == "__main__":
    main()
