"""What a run takes from another run it must not write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lapa.hooks.preflight.run_name import require_run_name
from lapa.params.reuse import PARTS, REUSE, parts_of, reused_among
from lapa.refused import RefusedError, alternatives

SHARDS = ".clip_shards"


def require_reusable(given: Mapping[str, Any]) -> None:
    """Refuse `reuse` of parts that do not exist, or of runs whose name is none.

    Args:
        given: parameters of the command line.

    Raises:
        RefusedError: naming the part and those there are.
    """
    parts = parts_of(given.get(REUSE, {}))
    if not isinstance(parts, Mapping):
        raise RefusedError(
            f"{REUSE} is {parts!r}, expected a run (--params={REUSE}=RUN), or parts of runs: --params={REUSE}.data=RUN; parts are "
            f"{', '.join(PARTS)}"
        )
    for part, run in parts.items():
        if part not in PARTS:
            raise RefusedError(f"no parameter '{REUSE}.{part}'{alternatives(part, sorted(PARTS))}")
        require_run_name(run)


def require_not_written(
    given: Mapping[str, Any], outputs: Iterable[str], *, exists: Callable[[str], bool]
) -> None:
    """Refuse a run that would replace what it takes from another.

    A shard set that is not there yet may be added: the robot's own, which was not watched.

    Args:
        given: parameters of the command line.
        outputs: datasets that the nodes of the run write.
        exists: whether a dataset is there.

    Raises:
        RefusedError: naming them.
    """
    parts = parts_of(given.get(REUSE, {}))
    reused = reused_among(outputs, parts)
    if written := [name for name in reused if not name.endswith(SHARDS) or exists(name)]:
        runs = ", ".join(f"{REUSE}.{part}={run}" for part, run in parts.items())
        raise RefusedError(
            f"this run takes artefacts of another run ({runs}) and would write {', '.join(written)} there: "
            "run only the pipelines that come after them, add --only-missing-outputs, or reuse less"
        )
