"""Whether codes name what they should not: the dataset, the scene (requirement V8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import StratifiedGroupKFold

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.latent_samples import one_hot
from lapa.evaluation.codes.motion_bins import cells
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.score import Score, scored
from lapa.evaluation.statistics.episode_jackknife import jackknife_interval
from lapa.params.evaluation import ProbeParams
from lapa.records import Metric

ANALYSIS = "nuisance probes"
TOLERANCE = 0.1
"""Codes may go this share of the way from chance to certainty and still count as ignorant."""
MIN_EPISODES_OF_ONE = 2
"""Episodes a scene needs, so that a probe can be fitted on one and tested on another."""
BOUND = f"share of the commonest class; up to {TOLERANCE:.0%} of the way from there to 1 is allowed"
UNTRAINED = "no difference from the untrained quantizer's codes"
CODES, RANDOM, MOTION = "codes", "codes of the untrained quantizer", "the motion alone"
Correct = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class NuisanceProbe:
    """Accuracies of linear probes for one label, on episodes they never saw."""

    label: str
    """``dataset`` or ``environment``."""
    classes: int
    chance: float
    """Share of the commonest class."""
    correct: dict[str, Correct]
    """What is read -> ``(pair,)`` of zeros and ones: whether the pair's class was named."""
    episode: NDArray[np.int64]
    folds: int


def nuisance_probe(
    table: PairTable, label: str, *, params: ProbeParams, seed: int
) -> NuisanceProbe:
    """Predict a label that belongs to whole episodes.

    Beside the codes the probe reads the untrained quantiser's codes, and the motion alone where flow is there: datasets
    in which other things are done may be told apart by what is done.

    Raises:
        CannotMeasureError: fewer than two classes have `MIN_EPISODES_OF_ONE` episodes.
    """
    known = table.take(_known(table, label))
    _, names = np.unique(getattr(known, label), return_inverse=True)
    if len(np.unique(names)) < 2:
        raise CannotMeasureError(
            f"fewer than two {label}s have {MIN_EPISODES_OF_ONE} held-out episodes"
        )
    fewest = min(len(np.unique(known.episode[names == number])) for number in np.unique(names))
    folds = min(params.folds, fewest)
    inputs = {CODES: known.discrete}
    if known.random_codes is not None:
        inputs[RANDOM] = known.random_codes
    if known.motion is not None:
        inputs[MOTION] = cells(known.motion.weighted)[:, None]
    return NuisanceProbe(
        label=label,
        classes=len(np.unique(names)),
        chance=float(np.bincount(names).max() / len(names)),
        correct={
            name: _correct(codes, names, known.episode, folds=folds, seed=seed)
            for name, codes in inputs.items()
        },
        episode=known.episode,
        folds=folds,
    )


def nuisance_scores(of_one: NuisanceProbe) -> tuple[Score, ...]:
    """Scores ``nuisance/<label>`` and, with an untrained control, ``nuisance_minus_untrained/<label>``."""
    accuracy = accuracy_of(of_one, CODES, f"nuisance/{of_one.label}")
    bound = of_one.chance + TOLERANCE * (1 - of_one.chance)
    scores = [scored(ANALYSIS, accuracy, bound, BOUND, better="lower")]
    if RANDOM in of_one.correct:
        apart = of_one.correct[CODES] - of_one.correct[RANDOM]
        name = f"nuisance_minus_untrained/{of_one.label}"
        metric = _mean(name, apart, of_one)
        scores.append(scored(ANALYSIS, metric, None, UNTRAINED, better="lower"))
    return tuple(scores)


def accuracy_of(of_one: NuisanceProbe, reads: str, name: str) -> Metric:
    """Share of pairs whose class is named by the probe that reads ``reads``, with its interval."""
    return _mean(name, of_one.correct[reads], of_one)


def _known(table: PairTable, label: str) -> NDArray[np.bool_]:
    """Pairs whose class is named and has enough episodes."""
    values = getattr(table, label)
    _, first = np.unique(table.episode, return_index=True)
    names, episodes = np.unique(values[first], return_counts=True)
    kept = names[(episodes >= MIN_EPISODES_OF_ONE) & (names != "")]
    return np.isin(values, kept)


def _correct(
    codes: NDArray[np.int64],
    names: NDArray[np.int64],
    episode: NDArray[np.int64],
    *,
    folds: int,
    seed: int,
) -> Correct:
    """Whether a ridge classifier on one-hot codes names the class of each pair."""
    inputs = one_hot(codes, int(codes.max()) + 1)
    splits = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    right = np.zeros(len(names))
    for fitted, tested in splits.split(inputs, names, episode):
        probe = RidgeClassifier(alpha=1.0).fit(inputs[fitted], names[fitted])
        right[tested] = probe.predict(inputs[tested]) == names[tested]
    return right


def _mean(name: str, values: Correct, of_one: NuisanceProbe) -> Metric:
    """Mean over pairs, with an interval that allows for probes fitted on much the same pairs.

    Predictions of one fold share a probe and folds share most of what they were fitted on, so single episodes seem
    surer than they are: the variance is widened by 1 + k / (k - 1) for k folds (Nadeau & Bengio 2003, Inference for
    the Generalization Error, doi:10.1023/A:1024068626366).
    """
    interval = jackknife_interval(lambda rows: float(values[rows].mean()), of_one.episode)
    metric = interval.metric(name, n=len(np.unique(of_one.episode)))
    if metric.low is None or metric.high is None:
        return metric
    reach = (metric.high - metric.low) / 2
    reach *= float(np.sqrt(1 + of_one.folds / (of_one.folds - 1)))
    return metric.model_copy(update={"low": metric.value - reach, "high": metric.value + reach})
