"""How much memory a call takes at most, above what the process had before."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from suite.rounds import Spent, spent_by

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_of(call: Callable[[], object]) -> tuple[Spent, float]:
    """What a call spends, and its peak in MiB. The kernel's mark is put back before; Linux only."""
    CLEAR.write_text("5")
    before = _mib("VmRSS")
    spent = spent_by(call)
    return spent, max(_mib("VmHWM") - before, 0.0)


def _mib(name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024
