"""``laq.json``: what a quantiser's report knows beyond its figures, for the page and for anybody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lapa.evaluation.codes.encoded import Encoded
from lapa.evaluation.codes.probes import ProbeScore
from lapa.evaluation.codes.token_statistics import Association, code_usage
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.params.base import Params
from lapa.records import Checkpoint, EvaluationReport

FILE = "laq.json"


class TargetDimension(Params):
    """What a probe of one action dimension is asked for."""

    name: str
    unit: str
    """Empty where the source does not tell."""
    meaning: str
    """``summed over H``, or the difference between t and t+H."""
    still: bool
    """It (nearly) never changes, so it is not looked at."""


class LaqDetails(Params):
    """What the page reads; `EvaluationReport` holds the figures themselves."""

    pairs: int = 0
    episodes: int = 0
    continuous: bool = False
    """Nothing is quantised: there are vectors and no codes."""
    probed_datasets: tuple[str, ...] = ()
    targets: tuple[TargetDimension, ...] = ()
    histogram: tuple[tuple[int, ...], ...] = ()
    """``(code position, codebook_size)``."""
    probes: tuple[dict[str, Any], ...] = ()
    associations: tuple[dict[str, Any], ...] = ()
    checkpoint: Checkpoint | None = None
    """The quantiser: weights, step, ancestry, notes."""


def describe(
    *,
    whole: Encoded,
    probed: Encoded | None,
    scores: Sequence[ProbeScore],
    found: Sequence[Association],
    checkpoint: Checkpoint,
) -> LaqDetails:
    """Gather the details of one evaluation."""
    samples = whole.trained
    histogram: tuple[tuple[int, ...], ...] = ()
    if samples.codes is not None:
        usage = code_usage(samples.codes, codebook_size=samples.codebook_size)
        histogram = tuple(tuple(row) for row in usage.histogram.tolist())
    return LaqDetails(
        pairs=len(whole.pairs),
        episodes=whole.pairs.num_episodes,
        continuous=samples.codes is None,
        probed_datasets=probed.datasets if probed else (),
        targets=_targets(probed.actions) if probed else (),
        histogram=histogram,
        probes=tuple(asdict(score) for score in scores),
        associations=tuple(asdict(association) for association in found),
        checkpoint=checkpoint,
    )


def write_details(details: LaqDetails, folder: Path) -> None:
    """Write ``laq.json``."""
    (folder / FILE).write_text(json.dumps(details.model_dump(mode="json"), indent=2) + "\n")


def read_details(report: EvaluationReport) -> LaqDetails:
    """Read ``laq.json`` of a quantiser's report; empty details where nothing could be measured."""
    file = Path(report.path) / FILE
    return LaqDetails.model_validate_json(file.read_text()) if file.is_file() else LaqDetails()


def _targets(actions: TrueActions) -> tuple[TargetDimension, ...]:
    still = actions.still()
    return tuple(
        TargetDimension(
            name=name, unit=actions.unit(i), meaning=actions.meaning(i), still=i in still
        )
        for i, name in enumerate(actions.names)
    )
