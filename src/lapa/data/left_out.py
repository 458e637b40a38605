"""What lay in a source and is no recording: hidden twins, other suffixes, folders linked twice.

None of it is bad, so no policy stops at it; all of it is counted, so that nothing is left out unseen.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from lapa.data.bad_input import BadRecord, OnBad

logger = logging.getLogger(__name__)

LeftOut = dict[str, Counter[str]]
"""Per dataset name: how many files (or folders) of which kind."""


@dataclass
class LeftOutCounter:
    """Passes bad records on to another report, and counts what is left out."""

    report: OnBad
    left_out: LeftOut = field(default_factory=dict)

    def __call__(self, record: BadRecord) -> None:
        """Hand ``record`` on."""
        self.report(record)


def leave_out(report: OnBad, source: str, kinds: Mapping[str, int]) -> None:
    """Count files of ``source`` that are no recordings; a report that does not count logs them."""
    counted: LeftOut | None = getattr(report, "left_out", None)
    if counted is None:
        for kind, count in kinds.items():
            logger.info("%s: left out %d: %s", source, count, kind)
    elif kinds:
        counted.setdefault(source, Counter()).update(kinds)
