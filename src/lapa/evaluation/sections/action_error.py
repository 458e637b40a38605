"""Error of a policy's actions on held-out episodes."""

from __future__ import annotations

from functools import partial

from lapa.evaluation.blocks import folded
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.action_distribution import plot_action_distribution
from lapa.evaluation.policies.episode_errors import write_errors
from lapa.evaluation.policies.evidence import ARM, PolicyEvidence, PolicySection
from lapa.evaluation.policies.held_out_actions import held_out_actions


class ActionErrors(PolicySection):
    """Absolute and squared error per dimension; predicted beside true actions."""

    name = "action error on held-out episodes"
    title = "Action error"

    def measure(self, evidence: PolicyEvidence) -> Finding:
        """Predict every held-out frame; the sums by episode stay in ``action_errors.json``.

        Raises:
            CannotMeasureError: nothing is held out, or nothing with the policy's actions.
        """
        policy, params = evidence.policy, evidence.params
        held_out = held_out_actions(
            policy,
            evidence.checkpoint,
            evidence.shards,
            split=params.split,
            batch_size=params.batch_size,
        )
        write_errors(held_out.errors, evidence.out)
        draw = partial(plot_action_distribution, held_out.predicted, held_out.actions, policy.stats)
        caption = "Predicted actions beside the true ones on held-out steps."
        metrics = held_out.errors.metrics(resamples=params.probe.resamples, seed=params.seed)
        return Finding(
            metrics={ARM: metrics},
            blocks=folded("Predicted and true actions", evidence.plot("actions", draw, caption)),
        )
