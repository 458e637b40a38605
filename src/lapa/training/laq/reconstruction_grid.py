"""Pictures of what the quantiser draws: the same pairs every time, and new ones each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from torch import Tensor

from lapa.distributed.ranks import is_rank_zero
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_bytes, to_frames
from lapa.training.common.seeding import generator_of
from lapa.training.laq.image_grid import Image, grid, save_png
from lapa.training.laq.loaders import Pairs


class ReconstructionGrid(Callback):
    """After each validation writes ``plots/reconstructions-<step>.png`` (rank zero only).

    Args:
        pairs: validation pairs.
        count: fixed pairs, and as many random ones keyed by (seed, step).
        folder: where the pictures go.
        seed: of the random pairs.
    """

    def __init__(self, *, pairs: Pairs, count: int, folder: Path, seed: int) -> None:
        self._pairs = pairs
        self._count = min(count, len(pairs))
        self._folder = folder
        self._seed = seed

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Draw and save."""
        if not is_rank_zero() or not self._count:
            return
        model = pl_module.model
        assert isinstance(model, LatentActionQuantizer)  # noqa: S101 - this callback is for LAQ
        step = trainer.global_step
        fixed = torch.linspace(0, len(self._pairs) - 1, self._count).long().tolist()
        generator = generator_of("pictures", self._seed, step)
        drawn = torch.randperm(len(self._pairs), generator=generator)[: self._count].tolist()
        image = self._draw(model, fixed + drawn, ["fixed"] * len(fixed) + ["random"] * len(drawn))
        save_png(image, self._folder / f"reconstructions-{step:08d}.png")

    @torch.no_grad()
    def _draw(self, model: LatentActionQuantizer, indices: list[int], groups: list[str]) -> Image:
        frames = self._frames(indices).to(next(model.parameters()).device)
        output = model(frames)
        first, last = frames.unbind(dim=2)
        drawn = output.reconstruction.float()
        columns = {
            "frame t": first,
            "frame t+H": last,
            "reconstruction": drawn,
            "|difference|": (drawn - last).abs(),
        }
        codes = [" ".join(map(str, row)) for row in output.quantized.codes.tolist()]
        texts = [f"{group} {code}"[:22] for group, code in zip(groups, codes, strict=True)]
        return grid({name: _images(images) for name, images in columns.items()}, groups=texts)

    def _frames(self, indices: list[int]) -> Tensor:
        items: list[dict[str, Any]] = [self._pairs[index] for index in indices]
        return to_frames(torch.stack([torch.as_tensor(item["frames"]) for item in items]))


def _images(images: Tensor) -> list[Image]:
    return list(to_bytes(images).cpu().numpy())
