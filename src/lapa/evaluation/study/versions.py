"""Results that other versions of the code made: no digest has the version in it, so they are kept, and named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lapa.records import CellResult

SHORT = 7
"""Letters of a commit that are shown."""


def usual_version(results: Sequence[CellResult]) -> str:
    """The version that made most of the results; of several the first."""
    return Counter(result.commit for result in results).most_common(1)[0][0]


def other_versions(results: Sequence[CellResult], version: str) -> str:
    """A sentence about results that were not made by this version of the code; empty if all were.

    Args:
        results: of a study.
        version: commit, perhaps with a remark behind it; empty outside a repository, where none can be told apart.
    """
    others = Counter(result.commit for result in results if result.commit != version)
    if not others or not version:
        return ""
    listed = ", ".join(f"{shortened(commit)} ({count})" for commit, count in others.items())
    return f"{others.total()} of {len(results)} results were made by other versions of the code: {listed}."


def shortened(version: str) -> str:
    """First letters of the commit, and the remark, if there is one."""
    commit, *remark = version.split(maxsplit=1) or ["unknown"]
    return " ".join([commit[:SHORT], *remark])
