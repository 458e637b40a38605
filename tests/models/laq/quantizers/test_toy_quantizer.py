"""A quantiser that the package does not know is named by its path, trains, is saved and labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from lapa.data.loading.latents import open_latents
from lapa.labeling.label_shards import label_shards
from lapa.models.laq.storage import load_laq
from lapa.params.labeling import LabelingParams
from lapa.records import PairSpec
from lapa.training.laq import fit, initialize
from toys.quantizer_toy import SignParams, SignQuantizer
from toys.shards import tiny_shard_set
from toys.squares import tiny_params

SPEC = PairSpec(horizon_s=0.1)
KIND = "toys.quantizer_toy:SignParams"


def test_a_toy_quantizer_trains_and_labels(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path)
    model = {"quantizer": {"kind": KIND, "scale": 0.5}, "quant_dim": 3}
    params = tiny_params(model=model, trainer={"max_steps": 4}, optimizer={"warmup_steps": 1})
    trained = fit(shards=shards, pair_spec=SPEC, params=params, work=tmp_path / "trained")
    untrained = initialize(
        shards=shards, pair_spec=SPEC, params=params, work=tmp_path / "untrained"
    )
    assert trained.digest != untrained.digest
    loaded = load_laq(Path(trained.path))
    assert isinstance(loaded.quantizer, SignQuantizer)
    assert loaded.config.quantizer == SignParams(kind=KIND, scale=0.5)
    labels = label_shards(
        shards=shards,
        pair_spec=SPEC,
        model=trained,
        params=LabelingParams(batch_size=7),
        work=tmp_path / "labels",
    )
    codes = open_latents(shards, labels, "train").codes
    assert len(codes) == labels.valid_pairs["train"]
    assert 2 <= len(np.unique(codes)) <= 2**3 == loaded.quantizer.codebook_size


def test_signs_survive_the_way_to_a_code_and_back(tmp_path: Path) -> None:
    config = tiny_params(model={"quantizer": {"kind": KIND}}).model
    quantizer = SignQuantizer(SignParams(), config)
    codes = torch.arange(quantizer.codebook_size)[:, None]
    assert torch.equal(quantizer.vectors_to_indices(quantizer.indices_to_vectors(codes)), codes)
