"""Held-out pairs as both quantisers encode them: of all datasets, and of those whose actions count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lapa.evaluation.analyses import Analyses, CannotMeasureError
from lapa.evaluation.codes.held_out import HeldOutPairs, open_held_out
from lapa.evaluation.codes.latent_samples import LatentSamples, encode_pairs
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
    untrained: LatentSamples
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
) -> Encoded:
    """Read the held-out pairs and encode them with the trained and the untrained model.

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
        batch_size=params.batch_size,
        datasets=datasets,
    )
    trained, untrained = (
        encode_pairs(model, pairs, batch_size=params.batch_size) for model in models
    )
    return Encoded(pairs=pairs, trained=trained, untrained=untrained, datasets=datasets or ())


def with_actions(
    shards: ShardSet,
    models: Sequence[LatentActionQuantizer],
    whole: Encoded,
    params: EvaluationParams,
    analyses: Analyses,
) -> Encoded:
    """The pairs whose actions can be measured together: all of them, or those of some datasets.

    Datasets that are left out are listed in ``analyses``.

    Raises:
        CannotMeasureError: no dataset has actions.
    """
    chosen = choose_probed_datasets(shards, params.split)
    for dataset, reason in chosen.left_out.items():
        analyses.skip(f"probes of dataset {dataset}", reason)
    if chosen.everything and whole.pairs.actions is not None:
        return replace(whole, datasets=chosen.names)
    spec = whole.pairs.dataset.spec
    return encode_held_out(shards, models, spec, params, datasets=chosen.names)
