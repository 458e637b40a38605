"""From `TrainerParams` to a Lightning Trainer: one place decides how quiet and how exact it is."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.strategies import DDPStrategy, Strategy

from lapa.params.base import TrainerParams
from lapa.training.common.levels import Levels
from lapa.training.common.milestones import Milestones
from lapa.training.common.stage_work import StageWork
from lapa.training.laq.profile_steps import ProfileSteps
from lapa.training.laq.resume_point import ResumePoint, WeightsOnlyIO
from lapa.training.laq.step_seed import StepSeed


def build_trainer(
    params: TrainerParams,
    *,
    work: StageWork,
    callbacks: Sequence[Callback],
    milestones: Milestones | None = None,
    clip_norm: float = 0.0,
) -> pl.Trainer:
    """Build the Trainer of one training stage.

    Ranks come from `lapa.distributed.launch`, so the environment plugin is always
    `LightningEnvironment`: inside a large Slurm allocation Lightning would otherwise take a
    one-process stage for a distributed one. Every training is resumable: pass the newest of its `Levels`
    to ``fit`` as ``ckpt_path``, and a `ResumableLoader` as training loader.

    Args:
        params: length, batch, precision and devices.
        work: where everything is written during training.
        callbacks: in the order in which they act.
        milestones: where one of the callbacks begins those of the best weights; they get the state.
        clip_norm: largest global gradient norm, 0 for none.
    """
    _be_quiet()
    # filling fresh memory costs more than it proves: nothing here reads uninitialised tensors
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    resume_point = ResumePoint(
        levels=Levels(work.stage, work.folder, params),
        milestones=milestones,
        validate_every=params.validate_every,
    )
    return pl.Trainer(
        default_root_dir=work.folder,
        logger=work.loggers(),
        callbacks=[
            ProfileSteps(work, params),
            StepSeed(seed=params.seed),
            *callbacks,
            resume_point,
        ],
        max_steps=params.max_steps,
        max_epochs=-1,
        accelerator=params.accelerator,
        devices=params.devices,
        num_nodes=params.nodes,
        strategy=_strategy(params),
        precision=params.decided_precision(),
        plugins=[LightningEnvironment(), WeightsOnlyIO()],
        gradient_clip_val=clip_norm or None,
        val_check_interval=params.validate_every,
        check_val_every_n_epoch=None,
        log_every_n_steps=params.log_every,
        num_sanity_val_steps=0,
        enable_model_summary=False,
        enable_progress_bar=False,  # `ShowProgress` tells more, also without a terminal
        use_distributed_sampler=False,
        deterministic="warn",
    )


def _strategy(params: TrainerParams) -> Strategy | str:
    """DDP that adds gradients up in the same order in every step.

    It otherwise sorts its buckets anew after the first step of a process. A training that goes on would then take its
    first step with the old order, and where more than two processes add up, a few weights end one bit away.
    """
    if params.devices * params.nodes == 1:
        return "auto"
    return DDPStrategy(find_unused_parameters=True)


def _be_quiet() -> None:
    """Keep the console for what a user can act on."""
    for name in ("pytorch_lightning", "lightning_fabric", "lightning.pytorch"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # the batches are made by one process on purpose where `num_workers` is 0
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*LeafSpec.*")
    # every metric is summed over the processes before it is logged
    warnings.filterwarnings("ignore", message=".*sync_dist=True.*")
    warnings.filterwarnings("ignore", message=".*`srun` command is available.*")
