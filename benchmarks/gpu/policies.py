"""Stage 3 on the device: from a picture to an action, one at a time and sixteen at once."""

from __future__ import annotations

from typing import Any

import torch

from gpu.measuring import forget_peak, timed
from gpu.sizes import INSTRUCTION, Sizes
from lapa.models.foundation.build import build_foundation
from lapa.params.base import TrainerParams
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.params.foundation.stage import FoundationParams
from lapa.params.heads import BinnedHeadParams, FlowHeadParams, L1HeadParams
from lapa.planning.assumed_policy import STATE_DIM, assumed_policy

HEADS = {"binned": BinnedHeadParams(), "flow": FlowHeadParams(), "l1": L1HeadParams()}
COUNTS = (1, 16)


def measure(device: torch.device, sizes: Sizes) -> dict[str, Any]:
    """Milliseconds of a prediction of the small backbone `film_cnn`, head by head."""
    return {"rows": [_row(name, device, sizes) for name in HEADS]}


def _row(name: str, device: torch.device, sizes: Sizes) -> dict[str, Any]:
    trainer = TrainerParams(max_steps=2000, batch_size=1)
    foundation = FoundationParams(backend=FilmCnnParams(), trainer=trainer)
    params = FinetuneParams(head=HEADS[name], use_state=True, trainer=trainer)
    torch.manual_seed(0)
    backbone = build_foundation(foundation.model(), instructions=[INSTRUCTION])
    policy = assumed_policy(params, foundation, backbone).to(device).eval()
    side = 64
    row: dict[str, Any] = {"head": name}
    for count in COUNTS:
        images = torch.randint(0, 256, (count, side, side, 3), dtype=torch.uint8, device=device)
        states = torch.zeros(count, STATE_DIM, device=device)
        forget_peak(device)
        with torch.inference_mode():
            spent = timed(
                lambda images=images, states=states: policy.predict(
                    images, [INSTRUCTION] * len(images), states
                ),
                device,
                sizes.seconds,
            )
        row[f"milliseconds_of_{count}"] = 1000 * spent["seconds"]
    return row
