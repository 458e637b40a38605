"""What was read, in plain lines: the head of the file, and what the command prints."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from lapa.data.visible_text import visible
from lapa.proposal.facts import CameraFacts, DatasetFacts, SourceFacts
from lapa.proposal.propose import Proposal

WIDTH: Final = 112
MOST: Final = 3
"""Notes, instructions and bad recordings that are shown."""


def quoted(text: str) -> str:
    """A text as JSON, which YAML reads alike: on one line, whatever a dataset's author put into it."""
    return json.dumps(visible(text), ensure_ascii=False)


def fact_lines(proposal: Proposal) -> list[str]:
    """Datasets, cameras and troubles, no line longer than `WIDTH`."""
    source = proposal.source
    lines = [line for dataset in source.datasets for line in _dataset(dataset)]
    lines += [_camera(camera, proposal) for camera in source.cameras]
    lines += _troubles(source)
    return [part for line in lines for part in _wrapped(line)]


def _dataset(dataset: DatasetFacts) -> Iterator[str]:
    shortest, longest = min(dataset.lengths), max(dataset.lengths)
    frames = f"{shortest}" if shortest == longest else f"{shortest} to {longest}"
    rates = ", ".join(f"{rate:g}" for rate in dataset.rates)
    seconds = dataset.frames / dataset.rates[0]
    yield (
        f"{quoted(dataset.name)}: {_count(len(dataset.lengths), 'recording')} of {frames} frames at {rates} Hz, "
        f"{dataset.frames} frames ({seconds:.1f} s) in all"
    )
    yield f"  {_columns('action', dataset.action_names, dataset)}"
    same = dataset.state_names == dataset.action_names != ()
    states = f"{_count(len(dataset.state_names), 'state')} of the same names"
    yield f"  {states if same else _columns('state', dataset.state_names)}"
    yield f"  {_instructions(dataset)}"
    yield from (f"  note: {_plain(note)}" for note in dataset.notes[:MOST])


def _columns(noun: str, names: Sequence[str], dataset: DatasetFacts | None = None) -> str:
    if not names:
        return f"no {noun}s"
    meaning = ""
    if dataset is not None:
        kinds = " and ".join(sorted(set(dataset.actions_are)))
        meaning = f" ({kinds or 'unknown whether differences or targets'})"
    return f"{_count(len(names), noun)}{meaning}: {', '.join(map(_plain, names))}"


def _instructions(dataset: DatasetFacts) -> str:
    if not dataset.instructions:
        return "no instructions: the pictures alone say what is done"
    shown = ", ".join(quoted(text) for text in dataset.instructions[:MOST])
    more = len(dataset.instructions) - MOST
    missing = dataset.without_instruction
    return (
        f"{_count(len(dataset.instructions), 'instruction')}: {shown}"
        + (f" and {more} more" if more > 0 else "")
        + (f"; {_count(missing, 'recording')} without one" if missing else "")
    )


def _camera(camera: CameraFacts, proposal: Proposal) -> str:
    taken = " (taken)" if camera in proposal.picture.cameras else ""
    if camera.problem:
        return f"camera {_plain(camera.name)}: cannot be read ({camera.problem})"
    shown = (
        f"changes by {camera.change:.1f} of 255 in 0.6 s" if camera.is_usable else "one colour only"
    )
    return f"camera {_plain(camera.name)}: {camera.width} x {camera.height}, {shown}{taken}"


def _troubles(source: SourceFacts) -> Iterator[str]:
    if not source.is_complete:
        yield (
            f"only the first {source.recordings} recordings were looked at; ingestion reads them all"
        )
    if source.bad:
        yield f"{_count(len(source.bad), 'recording')} cannot be used, and will be skipped:"
    for bad in source.bad[:MOST]:
        yield f"  {_plain(bad.item or bad.source)}: {bad.reason}: {_plain(bad.detail)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _plain(text: str) -> str:
    """Without line breaks and other control characters."""
    return quoted(text)[1:-1]


def _wrapped(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=f"{indent}  ", break_long_words=True, break_on_hyphens=False
    )
