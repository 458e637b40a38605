"""A run that makes a part, or joins parts, does that alone; what its part is made of must be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lapa.params.array_part import IN_PARTS, PART, ArrayPart
from lapa.refused import RefusedError


def part_of_run(given: Mapping[str, Any] | None) -> ArrayPart | None:
    """The part that the command line names.

    Args:
        given: parameters of the command line.

    Raises:
        RefusedError: it names none of n.
    """
    text = (given or {}).get(PART)
    return None if text is None else ArrayPart.of_text(text)


def require_in_parts(part: ArrayPart | None, pipelines: Iterable[str] | None) -> None:
    """Refuse a part of anything but the one pipeline that can be made in parts.

    Args:
        part: of the run.
        pipelines: their names; None: the whole experiment.

    Raises:
        RefusedError: naming those that were asked for.
    """
    names = list(pipelines or ["__default__"])
    if part is None or (len(names) == 1 and names[0] in IN_PARTS):
        return
    raise RefusedError(
        f"{PART}={part} with --pipelines={','.join(names)}, expected --pipelines={IN_PARTS[0]} or "
        f"--pipelines={IN_PARTS[1]} alone: only these are made in parts, one at a time"
    )


def require_made_before(
    part: ArrayPart | None, inputs: Iterable[str], *, exists: Callable[[str], bool]
) -> None:
    """Refuse a part of what is not there yet: jobs side by side would all make it.

    Args:
        part: of the run.
        inputs: what its nodes read and do not make themselves.
        exists: whether a dataset is there.

    Raises:
        RefusedError: naming the datasets, and how to make them first.
    """
    if part is None or part.merges:
        return
    missing = [name for name in sorted(inputs) if ":" not in name and not exists(name)]
    if missing:
        names = ",".join(missing)
        raise RefusedError(
            f"{PART}={part} is made of {names}, which {'is' if len(missing) == 1 else 'are'} not there: make that "
            f"first, by one run without `{PART}` (kedro run --to-outputs={names} --only-missing-outputs)"
        )
