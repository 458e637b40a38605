"""When unused codes get a new place, and that every process and the optimiser agree on it."""

from __future__ import annotations

import logging
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from torch import Tensor

from lapa.distributed.ranks import broadcast_from_zero, rank
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.codebook_replacement import replace_by_usage
from lapa.params.laq.stage import CodebookParams
from lapa.training.common.seeding import generator_of
from lapa.training.laq.code_counts import CodeCounts

logger = logging.getLogger(__name__)


class CodeReplacement(Callback):
    """Counts the codes of training steps and, on schedule, moves rows that nobody uses."""

    def __init__(
        self, *, params: CodebookParams, codebook_size: int, max_steps: int, seed: int
    ) -> None:
        self._params = params
        self._last_step = int(params.replace_until * max_steps)
        self._seed = seed
        self._counts = CodeCounts(codebook_size)
        self.total_replaced = 0
        """Rows moved since the beginning of training."""

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, *_: Any
    ) -> None:
        """Count; replace when due."""
        step = trainer.global_step
        if not self._params.replace_every or step > self._last_step:
            return
        self._counts.add(outputs["codes"])
        if step % self._params.replace_every == 0:
            self._replace(pl_module, trainer.optimizers[0], step)
            self._counts.clear()
            pl_module.log("train/replaced_codes", float(self.total_replaced))

    def _replace(
        self, pl_module: pl.LightningModule, optimizer: torch.optim.Optimizer, step: int
    ) -> None:
        model = pl_module.model
        assert isinstance(model, LatentActionQuantizer)  # noqa: S101 - this callback is for LAQ
        counts = self._counts.total()
        new, replaced = replace_by_usage(
            model.quantizer.codebook_rows(),
            counts,
            min_share=self._params.replace_below,
            noise_share=self._params.replace_noise,
            generator=generator_of("replacement", self._seed, step),
        )
        if not replaced.any():
            return
        model.quantizer.set_codebook(broadcast_from_zero(new))
        for parameter in model.quantizer.parameters():
            clear_moments(optimizer, parameter, replaced)
        self.total_replaced += int(replaced.sum())
        self._tell(step, replaced.nonzero().flatten().tolist())

    def _tell(self, step: int, moved: list[int]) -> None:
        logger.info(
            "laq: step %d, %s %s hardly used (less than %.0f %% of an even share) and moved next to "
            "a busy one, to be of use again",
            step,
            "code" if len(moved) == 1 else "codes",
            f"{', '.join(map(str, moved))} {'was' if len(moved) == 1 else 'were'}",
            100 * self._params.replace_below,
        )

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Store the counts of all processes."""
        state = {"counts": self._counts.state(), "replaced": self.total_replaced}
        checkpoint["code_replacement"] = state

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Continue the window that was cut."""
        state = checkpoint["code_replacement"]
        self._counts.restore(state["counts"], rank=rank())
        self.total_replaced = state["replaced"]


def clear_moments(
    optimizer: torch.optim.Optimizer, parameter: torch.nn.Parameter, rows: Tensor
) -> None:
    """Forget what the optimiser knows of the given rows: it belongs to the place they have left.

    Adam's moments become zero. Adafactor keeps one variance per row, and a zero there would make
    the next step enormous: the row takes the mean of those that stayed.

    Args:
        optimizer: may or may not know the parameter.
        parameter: ``(row, ...)``.
        rows: ``bool (row,)``.
    """
    state = optimizer.state.get(parameter, {})
    for name, moment in state.items():
        if not isinstance(moment, Tensor):
            continue
        moved = rows.to(moment.device)
        if name == "row_var":
            moment[moved] = moment[~moved].mean() if not moved.all() else moment.mean()
        elif moment.shape == parameter.shape:
            moment[moved] = 0
