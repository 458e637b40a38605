"""Ten pairs can be learnt by heart, soon: MSE below 0.01 and over half of the codes in use."""

from __future__ import annotations

from pathlib import Path

from lapa.data.loading.loader import evaluation_loader, training_loader
from lapa.training.laq.fit import train
from lapa.training.laq.loaders import LaqLoaders
from toys.squares import Squares, tiny_params

STEPS = 75
"""The criterion allows 300; this is a fourth of it and takes seconds."""


def test_ten_pairs_are_learnt_by_heart(tmp_path: Path) -> None:
    params = tiny_params(
        trainer={"max_steps": STEPS, "batch_size": 10, "validate_every": STEPS},
        optimizer={"learning_rate": 4e-3, "warmup_steps": 10},
        codebook={"replace_every": 25},
    )
    ten = Squares(count=10, seed=1)
    loaders = LaqLoaders(
        train=lambda start: training_loader(
            ten, batch_size=10, seed=0, max_steps=STEPS, start_step=start
        ),
        val=evaluation_loader(ten, batch_size=10),
        val_pairs=ten,
    )
    figures = train(params, loaders, work=tmp_path)[1].metrics
    assert figures["val/loss_recon"] < 0.01
    assert figures["val/codebook_utilization"] > 0.5
    # showing frame t again is nearly that good here, so what the codes add is asked for too
    assert figures["val/psnr_gain_over_copy"] > 6
    assert figures["val/code_dependence"] > 3
