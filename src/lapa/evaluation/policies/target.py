"""The target for a policy's error in open loop: pass or fail, per dataset."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.evaluation.blocks import Table
from lapa.evaluation.formatting import number
from lapa.evaluation.policies.episode_errors import EpisodeErrors
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

TARGET = "action/mse_normalized"
"""The metric that the target is about."""


def mse_by_dataset(errors: EpisodeErrors, params: EvaluationParams) -> dict[str, Metric]:
    """`TARGET` of every dataset that was predicted."""
    sampling = {"resamples": params.probe.resamples, "seed": params.seed}
    measured = {name: errors.of_dataset(name) for name in errors.dataset_names}
    return {
        name: next(m for m in of_one.metrics(**sampling) if m.name == TARGET)
        for name, of_one in measured.items()
    }


def verdict(mse: Metric, target: float) -> str:
    """``pass`` below the target, else ``fail``; and that it is not sure where the interval holds the target."""
    word = "pass" if mse.value < target else "fail"
    if mse.low is None or mse.high is None:
        return f"{word} (too few episodes to be sure)"
    return word if not mse.low < target <= mse.high else f"{word} (the interval holds the target)"


def target_table(by_arm: Mapping[str, Mapping[str, Metric]], target: float) -> Table:
    """One row per policy and dataset.

    Args:
        by_arm: `mse_by_dataset` of every arm; an empty name for a policy that stands alone.
        target: upper limit.
    """
    named = any(by_arm)
    return Table(
        head=(
            *(("arm",) if named else ()),
            "dataset",
            "episodes",
            "mean squared error, normalised",
            f"target < {target:g}",
        ),
        rows=tuple(
            (
                *((arm,) if named else ()),
                dataset,
                str(mse.n),
                number(mse, 4),
                verdict(mse, target),
            )
            for arm, by_dataset in by_arm.items()
            for dataset, mse in by_dataset.items()
        ),
    )


def target_sentence(by_arm: Mapping[str, Mapping[str, Metric]], target: float) -> str:
    """Every arm's error against the target in one sentence; dataset by dataset where there are several."""
    datasets = list(dict.fromkeys(name for by_dataset in by_arm.values() for name in by_dataset))
    facts = []
    for arm, by_dataset in by_arm.items():
        for name, mse in by_dataset.items():
            whose = " on ".join(filter(None, (arm, name if len(datasets) > 1 else "")))
            facts.append(" ".join(filter(None, (whose, number(mse, 3), verdict(mse, target)))))
    where = f" of {datasets[0]}" if len(datasets) == 1 else ""
    return (
        f"Normalised mean squared error of actions on held-out episodes{where}, target below "
        f"{target:g}: {', '.join(facts)}."
    )
