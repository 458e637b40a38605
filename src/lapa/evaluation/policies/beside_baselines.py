"""A policy's error beside that of every baseline: metrics, a table, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lapa.evaluation.blocks import Table
from lapa.evaluation.formatting import number, too_few
from lapa.evaluation.policies.baselines import LABELS
from lapa.evaluation.policies.episode_errors import EpisodeErrors, paired_error
from lapa.evaluation.policies.evidence import ARM
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

MINUS = "action/mse_normalized_minus/"
"""Before the baseline: normalised squared error of the policy minus the baseline's, over paired episodes."""


@dataclass(frozen=True, kw_only=True)
class BesideBaselines:
    """The errors of a policy and of baselines on the same episodes."""

    policy: EpisodeErrors
    baselines: Mapping[str, EpisodeErrors]
    """By the baseline's name."""
    params: EvaluationParams

    @property
    def _sampling(self) -> dict[str, int]:
        return {"resamples": self.params.probe.resamples, "seed": self.params.seed}

    def metrics(self) -> dict[str, tuple[Metric, ...]]:
        """By subject: the policy with its differences from the baselines, and each baseline."""
        errors = {ARM: self.policy, **self.baselines}
        metrics = {subject: of_one.metrics(**self._sampling) for subject, of_one in errors.items()}
        return metrics | {ARM: (*metrics[ARM], *self.differences().values())}

    def differences(self) -> dict[str, Metric]:
        """Squared error of the policy minus that of each baseline; squared, for a mean is best at that."""
        return {
            name: paired_error(MINUS + name, self.policy, other, kind="mse", **self._sampling)
            for name, other in self.baselines.items()
        }

    def table(self) -> Table:
        """Mean errors (columns) of the policy and of each baseline (rows)."""
        differences = self.differences()
        metrics = {
            name: {metric.name: metric for metric in of_one}
            for name, of_one in self.metrics().items()
        }
        return Table(
            head=(
                "actions",
                "mean squared error",
                "mean absolute error",
                "policy minus this, squared",
            ),
            rows=tuple(
                (
                    LABELS.get(name, "the policy's"),
                    number(named["action/mse_normalized"], 4),
                    number(named["action/mae_normalized"], 4),
                    number(differences.get(name), 4),
                )
                for name, named in metrics.items()
            ),
        )

    def sentences(self) -> tuple[str, ...]:
        """Whether the policy is closer to the truth than each baseline."""
        return tuple(_sentence(LABELS[name], d) for name, d in self.differences().items())


def _sentence(label: str, difference: Metric) -> str:
    value = f"normalised squared error {difference.value:+.4f}"
    if difference.low is None or difference.high is None:
        return f"The policy against {label}: {value}; {too_few(difference.n)}."
    closer = closeness(difference)
    than = "from the true actions than" if closer == "farther" else "to the true actions than"
    return (
        f"The policy is {closer} {than} {label}: {value} [{difference.low:+.4f}, "
        f"{difference.high:+.4f}] over {difference.n} episodes."
    )


def closeness(difference: Metric) -> str:
    """Whose actions are closer to the truth, by the interval of a paired difference of errors.

    ``closer``, ``farther`` or ``no closer``; ``too few episodes`` where there is no interval.
    """
    if difference.low is None or difference.high is None:
        return "too few episodes"
    if difference.high < 0:
        return "closer"
    return "farther" if difference.low > 0 else "no closer"
