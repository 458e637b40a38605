"""Error of a policy's actions on held-out episodes, beside baselines and a target."""

from __future__ import annotations

from functools import partial

from lapa.evaluation.blocks import Block, Heading, Note, Table, folded, listed, rows
from lapa.evaluation.finding import Finding, Metrics
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.action_distribution import plot_action_distribution
from lapa.evaluation.plots.action_means import plot_action_means
from lapa.evaluation.plots.action_traces import plot_action_trace
from lapa.evaluation.policies.action_moments import SIDES, action_moments
from lapa.evaluation.policies.action_traces import action_traces
from lapa.evaluation.policies.beside_baselines import BesideBaselines
from lapa.evaluation.policies.episode_errors import EpisodeErrors, errors_by_episode, write_errors
from lapa.evaluation.policies.evidence import ARM, PolicyEvidence, PolicySection
from lapa.evaluation.policies.held_out_actions import (
    HeldOutActions,
    baselines_of,
    open_held_out_actions,
    predict_held_out,
)
from lapa.evaluation.policies.target import mse_by_dataset, target_sentence, target_table
from lapa.records import Metric


class ActionErrors(PolicySection):
    """Absolute and squared error per dimension; predicted beside true actions; baselines; the target."""

    name = "action error on held-out episodes"
    title = "Action error"

    def measure(self, evidence: PolicyEvidence) -> Finding:
        """Predict every held-out frame; the sums by episode stay in ``action_errors.json``.

        Raises:
            CannotMeasureError: nothing is held out, or nothing with the policy's actions.
        """
        params, stats = evidence.params, evidence.policy.stats
        held_out = _predict(evidence)
        errors = errors_by_episode(held_out.predicted, held_out, stats)
        write_errors(errors, evidence.out)
        others = {
            name: errors_by_episode(predicted, held_out, stats)
            for name, predicted in held_out.baselines.items()
        }
        beside = BesideBaselines(policy=errors, baselines=others, params=params)
        sampling = {"resamples": params.probe.resamples, "seed": params.seed}
        moments = action_moments(held_out, stats).metrics(**sampling)
        metrics = beside.metrics() | _by_dataset(errors, sampling)
        metrics |= {ARM: (*metrics[ARM], *moments)}
        return Finding(
            metrics=metrics,
            blocks=(
                *_answer(errors, beside, evidence),
                *_dimensions(errors, {metric.name: metric for metric in metrics[ARM]}),
                *_plots(evidence, held_out),
                *_traces(evidence, held_out),
            ),
        )


def _predict(evidence: PolicyEvidence) -> HeldOutActions:
    dataset = open_held_out_actions(evidence)
    return predict_held_out(
        evidence.policy,
        dataset,
        baselines_of(evidence, dataset),
        batch_size=evidence.params.batch_size,
        device=evidence.device,
    )


def _by_dataset(errors: EpisodeErrors, sampling: dict[str, int]) -> Metrics:
    """Metrics of every dataset by itself, as ``policy/<dataset>``, where there are several."""
    names = errors.dataset_names
    if len(names) < 2:
        return {}
    return {f"{ARM}/{name}": errors.of_dataset(name).metrics(**sampling) for name in names}


def _answer(
    errors: EpisodeErrors, beside: BesideBaselines, evidence: PolicyEvidence
) -> tuple[Block, ...]:
    """Target and baselines, in a table each and in words."""
    target = evidence.params.open_loop.target_mse
    reached = {"": mse_by_dataset(errors, evidence.params)}
    return (
        Note(
            text=f"Actions of {', '.join(errors.dataset_names)}: {sum(errors.steps)} steps of "
            f"{len(errors.episodes)} held-out episodes."
        ),
        *rows(target_table(reached, target)),
        *rows(beside.table()),
        *folded("In words", listed((target_sentence(reached, target), *beside.sentences()))),
    )


def _dimensions(errors: EpisodeErrors, metrics: dict[str, Metric]) -> tuple[Block, ...]:
    """Errors, and mean and spread of predicted and true actions, of every dimension."""
    kinds = ("mse", "mae", "mse_normalized", "mae_normalized")
    moments = [f"{moment}_{side}" for moment in ("mean", "std") for side in SIDES]
    named = tuple(zip(errors.dimensions, errors.units, strict=True))

    def table(columns: list[str] | tuple[str, ...], digits: int) -> Table:
        return Table(
            head=("dimension", "unit", *(column.replace("_", ", ") for column in columns)),
            rows=tuple(
                (
                    name,
                    unit or "unknown",
                    *(number(metrics[f"action/{c}/{name}"], digits) for c in columns),
                )
                for name, unit in named
            ),
        )

    blocks = (
        Heading(text="Error of every dimension, in its unit and normalised"),
        *rows(table(kinds, 4)),
        Heading(text="Mean and standard deviation, true and predicted"),
        *rows(table(moments, 4)),
    )
    return folded("Every dimension", blocks)


def _plots(evidence: PolicyEvidence, held_out: HeldOutActions) -> tuple[Block, ...]:
    stats = evidence.policy.stats
    means = partial(plot_action_means, action_moments(held_out, stats), stats)
    spread = partial(plot_action_distribution, held_out.predicted, held_out.actions, stats)
    captions = (
        "Mean predicted against mean true action of every held-out episode, dimension by dimension.",
        "Predicted actions beside the true ones on held-out steps.",
    )
    return folded(
        "Predicted and true actions",
        (
            *evidence.plot("action_means", means, captions[0]),
            *evidence.plot("actions", spread, captions[1]),
        ),
    )


def _traces(evidence: PolicyEvidence, held_out: HeldOutActions) -> tuple[Block, ...]:
    """A plot per held-out episode, a panel per dimension."""
    stats = evidence.policy.stats
    plots: list[Block] = []
    traces = action_traces(held_out, most=evidence.params.open_loop.num_traces)
    for place, trace in enumerate(traces):
        draw = partial(plot_action_trace, trace, stats)
        told = trace.instruction or "nothing"
        caption = f"Episode {trace.episode}, told “{told}”: what was done, and what was predicted."
        plots += evidence.plot(f"actions_of_episode_{place}", draw, caption)
    return folded("Episode by episode, over time", plots)
