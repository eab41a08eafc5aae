"""What every plugin must meet, checked in one call from its own tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import ModuleType

from release_review.testing.brought import Brought, ask, faults_when_asked_again, records_of
from release_review.testing.elsewhere import faults_elsewhere
from release_review.testing.importing import faults_of_importer, faults_of_source_importer
from release_review.testing.judging import faults_of_policies
from release_review.testing.reporting import faults_of_reporter
from release_review.testing.watching import watch

MOST_FAULTS = 20
"""Faults of one plugin that are told at once."""


def check_conformance(
    module: ModuleType,
    *,
    texts: Sequence[str] = (),
    sources: Sequence[Path] = (),
    proven_by_tests: Collection[str] = (),
) -> None:
    """Check all that a plugin brings; one call is a whole test.

    - It keeps the contract that a run checks: hooks, frozen records, the types they declare. Asked again, it gives the
      same records.
    - In a process of its own, where the order of sets is another, it does the same, byte for byte.
    - It prints nothing. It does not ask for the time or the environment, not even when it is imported; it opens no
      connection, starts no process and writes no file, as far as that can be seen.
    - `check_policies`, `check_importers` and `check_reporters` say what they look at besides.

    Args:
        module: The module that the entry point of the plugin names.
        texts: For a plugin with an `Importer`: texts that it reads.
        sources: For a plugin with a `SourceImporter`: files or folders that it makes manifests of.
        proven_by_tests: As for `check_policies`.

    Raises:
        AssertionError: With everything that is wrong, a line for each.

    Example:
        ```python
        import acme_review

        def test_it_conforms() -> None:
            check_conformance(acme_review)
        ```
    """
    __tracebackhide__ = True
    brought = ask(module)
    if not records_of(brought):
        raise AssertionError(f"{module.__name__} brings nothing")
    faults = [*_of_policies(brought, proven_by_tests), *_of_importers(brought, texts, sources), *_of_reporters(brought)]
    faults += faults_when_asked_again(brought)
    # What misbehaves is not let loose in a process of its own, where nothing is refused.
    _tell(module, faults or faults_elsewhere(brought, texts=texts, sources=sources))


def check_policies(module: ModuleType, *, proven_by_tests: Collection[str] = ()) -> None:
    """Check the policies of a plugin.

    Each rule is complete: its summary is a sentence, it has a rationale and a remediation, and a case that expects a
    pass and one that expects a fail. Every case holds. No rule breaks on a manifest that states next to nothing, none
    changes what it looks at, and each finds the same the second time.

    Args:
        module: The module that the entry point of the plugin names.
        proven_by_tests: Ids of rules that read files of evidence, and that no case could therefore prove: a case has a
            manifest and no files. Prove them with `run_rule` and `make_manifest(..., files=...)`.

    Raises:
        AssertionError: It brings no policy; or with everything that is wrong, a line for each.

    Example:
        ```python
        check_policies(acme_review)
        ```
    """
    __tracebackhide__ = True
    brought = ask(module)
    if not brought.policies:
        raise AssertionError(f"{module.__name__} brings no policy")
    _tell(module, _of_policies(brought, proven_by_tests))


def check_importers(module: ModuleType, *, texts: Sequence[str] = (), sources: Sequence[Path] = ()) -> None:
    """Check the importers of a plugin, on hostile texts and on those given.

    An `Importer` gives plain data or raises `InputError`, whatever the text; it gives the same data the second time,
    and a place in the text for every value. A `SourceImporter` gives `Imported` and `Unread` records or raises
    `InputError`; each manifest it makes fits the schema.

    Args:
        module: The module that the entry point of the plugin names.
        texts: Texts that an `Importer` reads.
        sources: Files or folders that a `SourceImporter` makes manifests of.

    Raises:
        AssertionError: It brings no importer; or with everything that is wrong, a line for each.

    Example:
        ```python
        check_importers(acme_lines, texts=("release.id: example/small",))
        ```
    """
    __tracebackhide__ = True
    brought = ask(module)
    if not brought.importers and not brought.sources:
        raise AssertionError(f"{module.__name__} brings no importer")
    _tell(module, _of_importers(brought, texts, sources))


def check_reporters(module: ModuleType) -> None:
    """Check the reporters of a plugin, on reports of every kind.

    A reporter takes reports and manifests that could not be reviewed, none at all, and hostile texts everywhere. It
    gives a text whose last line ends, in which nothing hides or moves a cursor; in the order of the manifests, without
    the day of today, the same the second time and of a report that was saved and read back. It changes no report.

    Args:
        module: The module that the entry point of the plugin names.

    Raises:
        AssertionError: It brings no reporter; or with everything that is wrong, a line for each.

    Example:
        ```python
        check_reporters(acme_rows)
        ```
    """
    __tracebackhide__ = True
    brought = ask(module)
    if not brought.reporters:
        raise AssertionError(f"{module.__name__} brings no reporter")
    _tell(module, _of_reporters(brought))


def _of_policies(brought: Brought, proven_by_tests: Collection[str]) -> list[str]:
    with watch(()):  # also what is done a second time may neither print nor write
        return list(faults_of_policies(brought, proven_by_tests))


def _of_importers(brought: Brought, texts: Sequence[str], sources: Sequence[Path]) -> list[str]:
    told = []
    for importer in brought.importers:
        with watch(()):
            told += [f"importer {importer.name!r}: {each}" for each in faults_of_importer(importer, brought, texts)]
    for source in brought.sources:
        faults = faults_of_source_importer(source, brought, sources)
        told += [f"importer {source.name!r}: {fault}" for fault in faults]
    return told


def _of_reporters(brought: Brought) -> list[str]:
    told = []
    for reporter in brought.reporters:
        with watch(()):
            told += [f"reporter {reporter.name!r}: {fault}" for fault in faults_of_reporter(reporter, brought)]
    return told


def _tell(module: ModuleType, faults: Iterable[str]) -> None:
    __tracebackhide__ = True
    listed = list(dict.fromkeys(faults))
    if listed:
        more = [f"  and {len(listed) - MOST_FAULTS} more"] if len(listed) > MOST_FAULTS else []
        told = "\n".join((*(f"  {each}" for each in listed[:MOST_FAULTS]), *more))
        raise AssertionError(f"{module.__name__} does not conform:\n{told}")
