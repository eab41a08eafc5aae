"""Batches that a Dask cluster carries out, with the same result as the processes of one machine.

Dask tries a batch again where a worker dies. A batch that has lost several of them is carried out here, in a process of
its own, the way `executors.Pool` does it.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import queue
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from release_review.audit.elsewhere import SAME, Answer, carry_out, check_seen, differences, order_of, own_versions
from release_review.audit.executors import WAITING_PER_PROCESS, Work, alone, rescue
from release_review.audit.items import Batch
from release_review.audit.work import Reviewed
from release_review.errors import AuditError, ReleaseReviewError, UsageError
from release_review.escape import MESSAGE_CHARACTERS, shorten
from release_review.summary import PROGRAM

RESUME = "start it again, and go on with --resume"
"""What to do after an audit has lost its cluster: the ledger has all that was done."""

_LOGGERS = frozenset({"distributed", "tornado", "asyncio"})
"""Who speaks on stderr for Dask."""

_NO_WARNING = {"distributed.admin.large-graph-warning-threshold": "1 TiB"}
"""Dask warns of large tasks; a batch is as large as its manifests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Carries out batches on the workers of a Dask cluster, however many there are at the time.

    Attributes:
        address: Where its scheduler is, such as `tcp://host:8786`.
        answer_seconds: How long the scheduler may take to answer.
        worker_seconds: How long the cluster may be without a worker.
    """

    address: str
    answer_seconds: float = 20.0
    worker_seconds: float = 120.0

    def run(self, work: Work, batches: Iterable[Batch]) -> Iterator[Reviewed]:
        """Give what becomes of each batch, in the order in which they are done.

        Raises:
            AuditError: The cluster cannot be reached, is lost, or would give something else than this machine.
            UsageError: Dask is not installed.
        """
        with _client(self) as client:
            talk = _Talk(client=client, cluster=self, work=work)
            talk.check_scheduler()
            yield from talk.carry_out(batches)


@dataclass(slots=True, kw_only=True)
class _Talk:
    """A connection to a cluster, and what is under way there.

    Attributes:
        client: The client of Dask.
        cluster: How the caller named the cluster.
        work: What is done with a batch, as this machine does it.
        waiting: Batches that are under way, with what Dask calls a future, by key.
        done: Futures that are done, as they come.
        alone_seconds: How long there has been no worker.
    """

    client: Any
    cluster: Cluster
    work: Work
    waiting: dict[str, tuple[Any, Batch]] = field(default_factory=dict)
    done: queue.SimpleQueue[Any] = field(default_factory=queue.SimpleQueue)
    alone_seconds: float = 0.0

    def check_scheduler(self) -> None:
        """Compare the software of the scheduler with that of this machine; each worker compares its own.

        Raises:
            AuditError: It differs.
        """
        names = (PROGRAM, "python", "distributed")
        found = self._ask("versions", packages=[PROGRAM])["packages"]
        theirs = {name: str(found.get(name) or "none") for name in names}
        theirs["python"] = ".".join(theirs["python"].split(".")[:2])
        # The scheduler says nothing of its code; that it has our version is enough to read a task.
        ours = tuple((name, version.partition(" ")[0]) for name, version in own_versions() if name in names)
        differing = differences(ours, tuple(theirs.items()))
        if differing:
            raise self._error(f"the scheduler differs from this machine: {differing}", SAME)

    def carry_out(self, batches: Iterable[Batch]) -> Iterator[Reviewed]:
        """Have batches carried out, with few of them under way at a time."""
        left = iter(batches)
        room = answered = 0
        while True:
            if answered >= room:
                room, answered = WAITING_PER_PROCESS * max(1, self._workers()), 0
            for batch in itertools.islice(left, max(0, room - len(self.waiting))):
                self._send(batch)
            if not self.waiting:
                return
            reviewed = self._answer(self._next())
            answered += 1
            if reviewed is not None:
                yield reviewed

    def _send(self, batch: Batch) -> None:
        order = order_of(self.work, batch, own_versions())
        try:
            future = self.client.submit(carry_out, order, pure=False)
            self.waiting[future.key] = (future, batch)
            future.add_done_callback(self.done.put)
        except (OSError, RuntimeError) as error:
            raise self._lost() from error

    def _next(self) -> Any:
        """Give a future that is done; as long as there are workers, it may take as long as it takes."""
        look_seconds = min(2.0, self.cluster.worker_seconds / 4)
        while True:
            try:
                return self.done.get(timeout=look_seconds)
            except queue.Empty:
                self._wait_for_workers(look_seconds)

    def _wait_for_workers(self, waited_seconds: float) -> None:
        """Count time in which nothing came and nobody works, and give up where it is too long."""
        self.alone_seconds = 0.0 if self._workers() else self.alone_seconds + waited_seconds
        if self.alone_seconds >= self.cluster.worker_seconds:
            what = f"the cluster has had no worker for {self.cluster.worker_seconds:g} seconds"
            raise self._error(what, "start workers, and go on with --resume")

    def _answer(self, future: Any) -> Reviewed | None:
        """Give what became of a batch; None where it was lost on the way and is carried out again."""
        from distributed import KilledWorker

        _, batch = self.waiting[future.key]
        if future.status == "error":
            error = future.exception()
            if not isinstance(error, KilledWorker):
                raise self._failed(error)
            del self.waiting[future.key]
            return rescue(batch, lambda each: alone(self.work, each))
        try:
            answer: Answer = future.result(timeout=self.cluster.answer_seconds)
        except TimeoutError:
            # The worker that had the answer is gone, and another one has to work it out.
            self._wait_for_workers(self.cluster.answer_seconds)
            future.add_done_callback(self.done.put)
            return None
        except BaseException as error:
            if future.cancelled():
                raise self._lost() from error
            raise
        del self.waiting[future.key]
        self.alone_seconds = 0.0
        check_seen(answer)
        return answer.reviewed

    def _workers(self) -> int:
        return len(self._ask("ncores"))

    def _ask(self, operation: str, **given: Any) -> Any:
        """Ask the scheduler something."""
        try:
            asked = getattr(self.client.scheduler, operation)
            return self.client.sync(asked, **given, callback_timeout=self.cluster.answer_seconds)
        except (OSError, RuntimeError, AttributeError) as error:
            raise self._lost() from error

    def _failed(self, error: BaseException) -> BaseException:
        if isinstance(error, ReleaseReviewError):
            return error
        what = shorten(f"a worker cannot carry out a batch: {type(error).__name__}: {error}", MESSAGE_CHARACTERS)
        return self._error(what, f"see the log of the workers; {SAME}")

    def _lost(self) -> AuditError:
        return self._error("the scheduler does not answer any more", RESUME)

    def _error(self, what: str, hint: str) -> AuditError:
        return AuditError(what, where=shorten(self.cluster.address), hint=hint)


@contextlib.contextmanager
def _client(cluster: Cluster) -> Iterator[Any]:
    """Connect to a cluster; what is under way when the connection ends is forgotten there."""
    try:
        import dask
        import distributed
    except ImportError:
        hint = f"pip install '{PROGRAM}[cluster]', or '.[cluster]' in a checkout"
        raise UsageError("--cluster needs Dask", hint=hint) from None
    with _silent(), dask.config.set(_NO_WARNING):
        client = _connect(cluster, distributed)
        try:
            yield client
        finally:
            _close(client, cluster)


def _connect(cluster: Cluster, distributed: Any) -> Any:
    try:
        return _new_client(cluster, distributed)
    except (OSError, RuntimeError, ImportError, TypeError, ValueError) as error:
        what = f"no scheduler can be reached there: {shorten(str(error), MESSAGE_CHARACTERS)}"
        hint = "check the address, and that the scheduler runs; tls:// needs Dask's own settings"
        raise AuditError(what, where=shorten(cluster.address), hint=hint) from error


def _new_client(cluster: Cluster, distributed: Any) -> Any:
    client = distributed.Client.__new__(distributed.Client)
    try:
        with warnings.catch_warnings():
            # `check_scheduler` tells which differences matter, and each worker does.
            warnings.simplefilter("ignore", distributed.versions.VersionMismatchWarning)
            client.__init__(cluster.address, timeout=cluster.answer_seconds, set_as_default=False, name=PROGRAM)
    except BaseException:
        # Half a client waits for an answer when Python ends, unless it is told to go; a call gives nothing to tell.
        _close(client, cluster)
        raise
    return client


def _close(client: Any, cluster: Cluster) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        client.close(timeout=cluster.answer_seconds)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep Dask from writing to stderr what the caller is told in one sentence."""
    known = [each for name, each in logging.root.manager.loggerDict.items() if name.partition(".")[0] in _LOGGERS]
    spoke = [each for each in known if isinstance(each, logging.Logger) and not each.disabled]
    for logger in spoke:
        logger.disabled = True
    try:
        yield
    finally:
        for logger in spoke:
            logger.disabled = False
