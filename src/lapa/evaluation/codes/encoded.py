"""Held-out pairs as the quantisers encode them: of all datasets, and of those whose actions count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.held_out import HeldOutPairs, open_held_out
from lapa.evaluation.codes.latent_samples import LatentSamples, encode_pairs
from lapa.evaluation.codes.seen_motion import MotionSight
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.evaluation.probed_datasets import choose_probed_datasets
from lapa.models.laq import LatentActionQuantizer
from lapa.params.evaluation import EvaluationParams
from lapa.records import PairSpec, ShardSet


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """Pairs and what the trained and the untrained quantiser say about them."""

    pairs: HeldOutPairs
    trained: LatentSamples
    untrained: LatentSamples | None = None
    """None where there is no untrained control."""
    datasets: tuple[str, ...] = ()
    """Whose pairs these are; empty for all."""

    @property
    def actions(self) -> TrueActions:
        """The true actions.

        Raises:
            CannotMeasureError: these pairs have none that can be measured together.
        """
        if self.pairs.actions is None:
            raise CannotMeasureError("the held-out episodes have no actions")
        return self.pairs.actions


def encode_held_out(
    shards: ShardSet,
    models: Sequence[LatentActionQuantizer],
    spec: PairSpec,
    params: EvaluationParams,
    *,
    datasets: tuple[str, ...] | None = None,
    sight: MotionSight | None = None,
) -> Encoded:
    """Read the held-out pairs and encode them with the trained model and, where there is one, the untrained.

    Raises:
        CannotMeasureError: nothing is held out.
    """
    if params.split not in shards.splits or not shards.split(params.split).clips:
        raise CannotMeasureError(
            f"there are no held-out episodes (split {params.split!r}); hold some out at ingestion"
        )
    pairs = open_held_out(
        shards,
        params.split,
        spec,
        max_samples=params.probe.max_samples,
        min_per_dataset=params.probe.min_per_dataset,
        batch_size=params.batch_size,
        datasets=datasets,
        where=params.where,
        sight=sight,
    )
    trained, *others = [
        encode_pairs(model, pairs, batch_size=params.batch_size) for model in models
    ]
    untrained = others[0] if others else None
    return Encoded(pairs=pairs, trained=trained, untrained=untrained, datasets=datasets or ())


def with_actions(
    shards: ShardSet,
    models: Sequence[LatentActionQuantizer],
    whole: Encoded,
    params: EvaluationParams,
) -> Encoded:
    """The pairs whose actions can be measured together: all of them, or those of some datasets.

    Raises:
        CannotMeasureError: no dataset has actions.
    """
    chosen = choose_probed_datasets(shards, params.split, among=params.where.get("dataset"))
    if chosen.everything and whole.pairs.actions is not None:
        return replace(whole, datasets=chosen.names)
    spec = whole.pairs.dataset.spec
    return encode_held_out(shards, models, spec, params, datasets=chosen.names)
