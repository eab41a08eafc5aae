"""Which policies `policy lint`, `policy test` and `policy docs` are about, and that nothing is written into one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from release_review.errors import UsageError
from release_review.escape import shorten


def targets(names: Sequence[str], configured: Sequence[str]) -> tuple[str, ...]:
    """Give what is named; without a name, the policy in this folder, and else those of the settings.

    Args:
        names: What the command line names.
        configured: What the settings name, or the default policies.
    """
    from release_review.policy import POLICY_FILE

    if names:
        return tuple(names)
    return (".",) if Path(POLICY_FILE).is_file() else tuple(configured)


def refuse_in_policy(folder: Path) -> None:
    """Refuse to write into the folder of a policy: with a file that nothing reads, it would no longer load.

    Raises:
        UsageError: The folder is that of a policy, or lies in one.
    """
    from release_review.policy import POLICY_FILE, parts_beside

    place = folder.resolve()
    for above in (place, *place.parents):
        if (above / POLICY_FILE).is_file() and parts_beside(above / POLICY_FILE):
            what = f"'{shorten(str(folder))}' lies in the folder of a policy, which would no longer load"
            raise UsageError(what, hint="name a folder outside of it")
