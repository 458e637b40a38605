"""What the codes are worth on one dataset: reconstruction, use of codes, linear probes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import Analyses, CannotMeasureError
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence
from lapa.evaluation.codes.of_dataset import DatasetPairs
from lapa.evaluation.codes.probes import ProbeScore, probe
from lapa.evaluation.codes.reconstruction_metrics import reconstruction_metrics
from lapa.evaluation.codes.usage_metrics import usage_of
from lapa.records import Metric

MIN_PAIRS = 2
"""With one pair there is no other one to shuffle codes with."""


@dataclass(frozen=True, kw_only=True)
class DatasetMetrics:
    """One row of the table."""

    name: str
    pairs: int
    episodes: int
    metrics: tuple[Metric, ...] = ()
    """Of the trained quantiser."""
    scores: tuple[ProbeScore, ...] = ()
    """Linear probes: of the latents, and of the controls."""
    absent: dict[str, str] = field(default_factory=dict)
    """Analysis -> why it could not be made on this dataset."""

    @property
    def best_read(self) -> ProbeScore | None:
        """The action dimension that the latents tell most about."""
        own = [score for score in self.scores if score.inputs in OWN]
        return max(own, key=lambda score: score.interval.value, default=None)

    def get(self, name: str) -> Metric | None:
        """One metric; None where it was not measured."""
        return next((metric for metric in self.metrics if metric.name == name), None)


OWN = ("codes", "pre_quantized")
"""What a probe reads of the trained quantiser: its codes, or its vectors where nothing is quantised."""


def dataset_metrics(evidence: CodesEvidence, of_one: DatasetPairs) -> DatasetMetrics:
    """Measure one dataset; what cannot be made on it is listed in the result."""
    analyses = Analyses(on_error=evidence.params.on_error)
    redrawn = analyses.run("reconstruction", partial(_reconstruction, evidence, of_one))
    used = analyses.run("use of codes", lambda: usage_of(of_one.trained))
    scores = analyses.run("probes", partial(_probes, evidence, of_one, analyses))
    return DatasetMetrics(
        name=of_one.name,
        pairs=len(of_one.rows),
        episodes=len(np.unique(of_one.episodes)),
        metrics=(*(redrawn or ()), *(used or ())),
        scores=tuple(scores or ()),
        absent=dict(analyses.not_measured),
    )


def whole_metrics(evidence: CodesEvidence, name: str) -> DatasetMetrics:
    """All pairs together, as a row beside the datasets; actions of several datasets have no probe."""
    pairs = evidence.encoded.pairs
    analyses = Analyses(on_error=evidence.params.on_error)
    redrawn = analyses.run(
        "reconstruction",
        lambda: reconstruction_metrics(
            evidence.errors_of(TRAINED), pairs.episodes, evidence.params
        ),
    )
    used = analyses.run("use of codes", lambda: usage_of(evidence.encoded.trained))
    return DatasetMetrics(
        name=name,
        pairs=len(pairs),
        episodes=pairs.num_episodes,
        metrics=(*(redrawn or ()), *(used or ())),
    )


def _reconstruction(evidence: CodesEvidence, of_one: DatasetPairs) -> tuple[Metric, ...]:
    if len(of_one.rows) < MIN_PAIRS:
        raise CannotMeasureError(
            f"it has {len(of_one.rows)} held-out pair, expected at least {MIN_PAIRS}"
        )
    errors = {name: values[of_one.rows] for name, values in evidence.errors_of(TRAINED).items()}
    return reconstruction_metrics(errors, of_one.episodes, evidence.params)


def _probes(
    evidence: CodesEvidence, of_one: DatasetPairs, analyses: Analyses
) -> Iterable[ProbeScore]:
    """Linear probes of the latents, the state alone, and the untrained quantiser's latents."""
    actions = of_one.actions()
    still = actions.still()
    moving = [i for i in range(len(actions.names)) if i not in still]
    if not moving:
        raise CannotMeasureError("its actions stand still in the held-out pairs")
    params = evidence.params
    scores: list[ProbeScore] = []
    for name, inputs in _inputs(of_one, analyses).items():
        scores += probe(
            inputs,
            actions.values[:, moving],
            of_one.episodes,
            name=name,
            kind="linear",
            dimensions=tuple(actions.names[i] for i in moving),
            params=params.probe,
            seed=params.seed,
        )
    return scores


def _inputs(of_one: DatasetPairs, analyses: Analyses) -> dict[str, NDArray[np.float32]]:
    """What probes read: the latents, and what they must beat."""
    trained, untrained = of_one.trained, of_one.untrained
    inputs = {"pre_quantized": trained.pre_quantized}
    if trained.codes is not None:
        inputs = {"codes": trained.one_hot}
    if untrained is not None:
        has_codes = untrained.codes is not None
        key = "random_codes" if has_codes else "random_pre_quantized"
        inputs[key] = untrained.one_hot if has_codes else untrained.pre_quantized
    states = analyses.run("probe of the state alone", of_one.states)
    return inputs if states is None else inputs | {"state": states}
