"""Nodes of the labeling pipeline."""

from __future__ import annotations

from pathlib import Path

from lapa.distributed.launch import launch
from lapa.params.labeling import LabelingParams
from lapa.pipelines.stage import stage
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet, require_same


@stage("labels")
def label_shards(
    shards: ShardSet, laq: Checkpoint, pairs: PairSpec, labeling: LabelingParams, folder: Path
) -> LabelSet:
    """Label every pair of the shards with a frozen quantiser."""
    require_same(
        f"horizon of the pairs of quantiser {laq.path}",
        laq.pair_spec.horizon_s,
        pairs.horizon_s,
        remedy="label with the horizon it was trained on, or train it again",
    )
    inputs = {"shards": shards, "laq": laq, "pair_spec": pairs, "params": labeling}
    labels: LabelSet = launch(
        "lapa.labeling.label_shards:label_shards",
        {**inputs, "work": folder},
        devices=labeling.devices,
        nodes=labeling.nodes,
    )
    return labels
