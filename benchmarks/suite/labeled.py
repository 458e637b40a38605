"""Labelling (read, decode, quantize, write) against the codes of the same pairs in memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from textures import make_shards

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import open_pairs
from lapa.labeling.worker import label_tasks, plan_tasks
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.frozen import FrozenQuantizer
from lapa.models.laq.storage import save_laq
from lapa.params.labeling import LabelingParams
from lapa.records import PairSpec
from suite.made_quantizers import SMALL, TINY
from suite.rounds import in_turns
from suite.rows import Row, rate

SPEC = PairSpec(horizon_s=1.0)


def measure(toy: bool, rounds: int) -> list[Row]:
    """Pairs a second with an untrained quantizer of the small size."""
    model, count = (TINY, 60) if toy else (SMALL, 100)
    with tempfile.TemporaryDirectory(prefix="lapa-labeled-") as folder:
        work = Path(folder)
        save_laq(work / "laq", LatentActionQuantizer(model))
        coder = FrozenQuantizer(folder=work / "laq", device=torch.device("cpu"))
        shards = make_shards(work / "shards", count, model.image_size)
        params = LabelingParams(batch_size=64)
        pairs = open_pairs(shards, "train", SPEC)
        batches = [b["frames"] for b in evaluation_loader(pairs, batch_size=params.batch_size)]

        def label() -> None:
            label_tasks(
                plan_tasks(shards),
                shard_set=shards,
                spec=SPEC,
                coder=coder,
                params=params,
                folder=work / "labels",
                show_progress=False,
            )

        def codes() -> None:
            for frames in batches:
                coder.codes(frames)

        spent = in_turns({"labels": label, "codes": codes}, rounds)
    case = f"pairs of {model.image_size} pixels, batches of {params.batch_size}"
    limit = "codes of pairs in memory"
    return [rate(case, "pairs", len(pairs), spent["labels"], limit=limit, by=spent["codes"])]
