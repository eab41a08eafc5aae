"""Audits on a Dask cluster: the same ledger as on one machine, whatever becomes of the workers, or one clear error."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import logging
import logging.handlers
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import batch_work
import corpora
import distributed
import pytest
from audits import TODAY, Run, export
from batch_work import POISON, batch_of, die_of_poison, name_items, review_or_die_once
from dask_cluster import dask_cluster

from release_review.audit import cluster as clusters
from release_review.audit import elsewhere
from release_review.audit import run as running
from release_review.audit.cluster import Cluster
from release_review.audit.executors import LOST, WAITING_PER_PROCESS
from release_review.audit.items import BATCH_SIZE, Batch, Item
from release_review.audit.ledger import open_to_read
from release_review.audit.setup import Setup, digests_of
from release_review.audit.work import review_batch
from release_review.errors import AuditError, UsageError
from release_review.plugins import load_registry
from release_review.selection import load_policies

POLICY = "open-release"
NOBODY = "tcp://127.0.0.1:1"
MANIFEST = """schema = "release-manifest/1"
[release]
id = "acme/one"
[[access]]
id = "hub"
kind = "weights"
[[evidence]]
id = "card"
kind = "card"
path = "evidence/card.md"
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster with two workers, which work in a folder of their own."""
    folder = tmp_path_factory.mktemp("cluster")
    write_manifest(folder / "only-there")
    write_manifest(folder / "other-file", card="other words\n")
    with dask_cluster(2, folder=folder) as (found, _):
        yield found


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A cluster without workers."""
    with dask_cluster(0, folder=tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def setup() -> Setup:
    registry = load_registry()
    policies = load_policies([POLICY], registry)
    return Setup(
        policies=(POLICY,),
        digests=digests_of(policies),
        today=dt.date(2026, 1, 1),
        plugins=registry.plugins,
    )


@pytest.fixture(autouse=True)
def this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(batch_work.OF_THE_TEST, str(os.getpid()))


@pytest.fixture
def there(folder: Path) -> Path:
    """What each process takes for its own working folder, under one path."""
    place = Path("/proc/self/cwd")
    if not place.exists():
        pytest.skip("this system has no path that is another one for each process")
    return place


def write_manifest(folder: Path, *, card: str = "a card\n") -> bytes:
    (folder / "evidence").mkdir(parents=True)
    (folder / "release.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "evidence" / "card.md").write_text(card, encoding="utf-8")
    return MANIFEST.encode()


def of_manifest(folder: Path, content: bytes = MANIFEST.encode()) -> list[Batch]:
    return [Batch(number=0, items=(Item(name="release.toml", content=content, folder=folder),))]


def audit_there(setup: Setup, address: str, batches: list[Batch]) -> bytes:
    """Give the rows of batches, by number."""
    reviewed = list(Cluster(address=address).run(partial(review_batch, setup), batches))
    return b"".join(each.rows for each in sorted(reviewed, key=lambda each: each.number))


@pytest.mark.slow
@pytest.mark.no_cover
def test_a_cluster_that_loses_a_worker_gives_the_ledger_of_one_process(
    folder: Path, address: str, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpora.write_lines(folder / "a.jsonl", BATCH_SIZE, bad=True)
    write_manifest(folder / "manifests")
    common = ("a.jsonl", "manifests/release.toml", "--policy", POLICY, "--today", TODAY, "-q")
    one = run("audit", *common, "-o", "one.db", "--jobs", "1")
    flag = folder / "died"
    monkeypatch.setattr(running, "review_batch", partial(review_or_die_once, flag))
    two = run("audit", *common, "-o", "two.db", "--cluster", address)
    assert flag.exists()
    assert export("one.db") == export("two.db")
    assert one.err == two.err
    assert [each.status for each in (one, two)] == [2, 2]
    with open_to_read(folder / "two.db") as ledger:
        *_, (row, reviewed) = ledger.items()
    assert row["release"]["manifest"] == "manifests/release.toml"
    assert reviewed is not None
    assert [each.status for each in reviewed[1]] == ["unverified"]  # the worker has read the file


@pytest.mark.slow
def test_an_item_that_ends_its_worker_is_one_error(
    address: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def in_no_process(work: Any, batch: Batch) -> Any:
        assert work is die_of_poison
        return None if any(item.content == POISON for item in batch.items) else name_items(batch)

    monkeypatch.setattr(clusters, "alone", in_no_process)
    batches = [batch_of(0, b"", POISON, b""), batch_of(1, b"")]
    found = {each.number: each.heads for each in Cluster(address=address).run(die_of_poison, batches)}
    assert [head.errors for head in found[0]] == [(), (f"0-1: {LOST}",), ()]
    assert [head.errors for head in found[1]] == [()]
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_what_is_under_way_is_forgotten_when_the_caller_stops(address: str) -> None:
    batches = (batch_of(number, b"") for number in range(1000))
    reviewed = Cluster(address=address).run(name_items, batches)
    next(reviewed)
    assert isinstance(reviewed, Iterator)
    reviewed.close()  # type: ignore[attr-defined]
    assert not logging.getLogger("distributed.client").disabled
    left = 1000 - sum(1 for _ in batches)
    assert left <= 3 * WAITING_PER_PROCESS * 2
    with clusters._client(Cluster(address=address)) as client:
        assert not any(client.processing().values())


@pytest.mark.slow
def test_evidence_that_only_this_machine_sees_is_an_error(
    setup: Setup, address: str, there: Path, folder: Path
) -> None:
    content = write_manifest(folder / "only-here")
    with pytest.raises(AuditError, match=r"worker tcp://\S+ does not see this") as caught:
        audit_there(setup, address, of_manifest(there / "only-here", content))
    assert caught.value.where == str(there / "only-here")
    assert "see the same files at the same path" in caught.value.hint


@pytest.mark.slow
def test_evidence_that_only_a_worker_sees_is_an_error(setup: Setup, address: str, there: Path) -> None:
    with pytest.raises(AuditError, match=r"worker \S+ sees this, and this machine does not"):
        audit_there(setup, address, of_manifest(there / "only-there"))


@pytest.mark.slow
def test_evidence_that_is_another_file_for_a_worker_is_an_error(
    setup: Setup, address: str, there: Path, folder: Path
) -> None:
    write_manifest(folder / "other-file")
    with pytest.raises(AuditError, match=r"worker \S+ sees something else there") as caught:
        audit_there(setup, address, of_manifest(there / "other-file"))
    assert caught.value.where == str(there / "other-file" / "evidence" / "card.md")


@pytest.mark.slow
def test_a_manifest_without_files_of_evidence_needs_no_folder(setup: Setup, address: str, there: Path) -> None:
    cited = MANIFEST.replace('path = "evidence/card.md"', 'citation = "https://example.org/card"').encode()
    nothing_there = of_manifest(there / "nowhere", cited)
    assert audit_there(setup, address, nothing_there) == review_batch(setup, nothing_there[0]).rows


@pytest.mark.slow
def test_a_worker_with_other_policies_is_an_error(setup: Setup, address: str) -> None:
    other = dataclasses.replace(setup, digests=(*setup.digests, ("acme", "1", "sha256:00")))
    with pytest.raises(AuditError, match=r"worker tcp://\S+: the policies of a process differ .* without acme 1"):
        audit_there(other, address, of_manifest(Path()))


@pytest.mark.slow
def test_a_worker_with_other_software_is_an_error(setup: Setup, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = tuple((name, "0.1" if name == "pyyaml" else version) for name, version in elsewhere.own_versions())
    monkeypatch.setattr(clusters, "own_versions", lambda: ours)
    with pytest.raises(AuditError, match=r"worker \S+ differs from this machine: pyyaml [\d.]+ in place of 0\.1"):
        audit_there(setup, address, of_manifest(Path()))


@pytest.mark.slow
def test_a_scheduler_with_other_software_is_an_error(
    setup: Setup, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tuple(
        (name, "9.9 (code)" if name == "release-review" else version) for name, version in elsewhere.own_versions()
    )
    monkeypatch.setattr(clusters, "own_versions", lambda: ours)
    with pytest.raises(
        AuditError, match=r"the scheduler differs from this machine: release-review 0.1.0 in place of 9.9"
    ):
        audit_there(setup, address, of_manifest(Path()))


@pytest.mark.slow
def test_a_cluster_without_workers_is_an_error(lonely: tuple[str, object], capfd: pytest.CaptureFixture[str]) -> None:
    lost = Cluster(address=lonely[0], worker_seconds=0.4)
    with pytest.raises(AuditError, match=r"has had no worker for 0\.4 seconds") as caught:
        list(lost.run(name_items, [batch_of(0, b"")]))
    assert caught.value.hint == "start workers, and go on with --resume"
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_scheduler_that_dies_is_an_error(
    lonely: tuple[str, subprocess.Popen[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    address, process = lonely
    killing = threading.Timer(0.5, process.kill)
    killing.start()
    with pytest.raises(AuditError, match="the scheduler does not answer any more") as caught:
        list(Cluster(address=address).run(name_items, [batch_of(0, b"")]))
    killing.join()
    assert caught.value.hint.endswith("go on with --resume")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("nobody", [NOBODY, "nonsense", "", "foo://x", "tls://127.0.0.1:1"])
def test_a_scheduler_that_cannot_be_reached_is_an_error(nobody: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AuditError, match="no scheduler can be reached there") as caught:
        list(Cluster(address=nobody, answer_seconds=0.3).run(name_items, [batch_of(0, b"")]))
    assert caught.value.where == nobody
    assert capfd.readouterr() == ("", "")
    # One that is left half made keeps Python from ending for a time.
    clients = [each for each in gc.get_objects() if type(each) is distributed.Client]
    assert [each.status for each in clients if each.status not in ("closed", "newly-created")] == []


@pytest.mark.parametrize("other", [("--jobs", "2"), ()])
def test_a_cluster_is_named_alone_and_in_full(run: Callable[..., Run], folder: Path, other: tuple[str, ...]) -> None:
    corpora.write_lines(folder / "a.jsonl", 1)
    done = run("audit", "a.jsonl", "-o", "a.db", "--cluster", NOBODY if other else "", *other)
    told = "--jobs and --cluster exclude each other" if other else "no scheduler can be reached there"
    assert (done.status, done.out) == (2, "")
    assert told in done.err


@pytest.mark.parametrize("name", ["distributed.client", "distributed.core", "tornado.application", "asyncio"])
def test_dask_says_nothing_of_its_own_while_it_is_talked_to(name: str) -> None:
    logger, heard = logging.getLogger(name), queue.SimpleQueue[logging.LogRecord]()
    handler = logging.handlers.QueueHandler(heard)
    logger.addHandler(handler)
    try:
        with clusters._silent():
            logger.error("in a cluster")
        logger.error("outside of one")
    finally:
        logger.removeHandler(handler)
    assert heard.get_nowait().getMessage() == "outside of one"
    assert heard.empty()


def test_without_dask_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="needs Dask") as caught:
        list(Cluster(address=NOBODY).run(name_items, []))
    assert caught.value.hint == "pip install 'release-review[cluster]', or '.[cluster]' in a checkout"


def test_an_order_takes_no_store_along_and_names_folders_in_full(setup: Setup, folder: Path) -> None:
    stored = dataclasses.replace(setup, store=(folder, folder, "stamp"))
    order = elsewhere.order_of(partial(review_batch, stored), of_manifest(Path("manifests"))[0], ())
    assert elsewhere._setup_of(order.work).store is None
    assert order.batch.items[0].folder == folder / "manifests"


def test_an_order_shows_no_manifest_in_a_log(setup: Setup) -> None:
    order = elsewhere.order_of(partial(review_batch, setup), of_manifest(Path())[0], ())
    assert repr(order) == "Order()"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda card: card.write_text("longer than before\n"), "sees something else there"),
        (lambda card: os.utime(card, ns=(0, 1)), "sees something else there"),
        (lambda card: card.unlink(), "sees this, and this machine does not"),
        (lambda card: shutil.rmtree(card.parent), "sees this, and this machine does not"),
        (lambda card: (card.unlink(), card.symlink_to("other")), "sees something else there"),
    ],
    ids=["size", "time", "no file", "no folder", "a link"],
)
def test_every_difference_between_two_files_is_seen(
    setup: Setup, folder: Path, change: Callable[[Path], object], told: str
) -> None:
    write_manifest(folder)
    batch = of_manifest(folder)[0]
    order = elsewhere.order_of(partial(review_batch, setup), batch, ())
    reviewed = review_batch(setup, batch)
    answer = elsewhere.Answer(reviewed=reviewed, worker="tcp://w", seen=tuple(elsewhere._seen(order, reviewed)))
    elsewhere.check_seen(answer)
    change(folder / "evidence" / "card.md")
    with pytest.raises(AuditError, match=told):
        elsewhere.check_seen(answer)


def test_an_error_that_files_may_be_the_reason_of_rests_on_them(setup: Setup, folder: Path) -> None:
    write_manifest(folder)
    card = folder / "evidence" / "card.md"
    card.unlink()
    card.symlink_to("elsewhere.md")  # a path through a link is refused
    batch = of_manifest(folder)[0]
    order = elsewhere.order_of(partial(review_batch, setup), batch, ())
    reviewed = review_batch(setup, batch)
    assert reviewed.heads[0].errors
    assert [each.path for each in elsewhere._seen(order, reviewed)] == ["", "evidence", "evidence/card.md"]
