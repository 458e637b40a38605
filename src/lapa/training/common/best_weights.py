"""The best weights of stages 2 and 3, whether they lie on one process or are sharded over many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lightning_fabric import Fabric
from torch import Tensor
from torch.distributed.checkpoint.state_dict import StateDictOptions, set_model_state_dict
from torch.distributed.fsdp import FSDPModule

from lapa.distributed.ranks import barrier, is_rank_zero, object_from_zero
from lapa.params.fabric import FabricStageParams
from lapa.training.common.milestones import Milestones, WriteModel
from lapa.training.common.selection import Best, Criterion, Exported, export, put_back
from lapa.training.common.stage_work import StageWork
from lapa.training.common.train_state import (
    TrainState,
    learnt_weights,
    levels_of,
    write_state,
)


class BestWeights:
    """Keeps the best validated weights in the work folder; every rank calls every method."""

    def __init__(
        self,
        state: TrainState[Any],
        work: StageWork,
        params: FabricStageParams,
        *,
        fabric: Fabric,
        criterion: Criterion,
        write: WriteModel,
    ) -> None:
        """Look what was best so far.

        Args:
            state: whose weights compete.
            work: the stage, and the folder that keeps the best.
            params: whether the last step is exported instead, what is kept, and whether every process
                holds a part of the weights.
            fabric: how the processes work together.
            criterion: what the best are best by.
            write: writes the present weights as a model, for the milestones.
        """
        self._state, self._sharded, self._fabric = state, params.shard, fabric
        self._criterion = criterion if params.trainer.select == "best" else None
        self._work, self._stage = work.folder, work.stage
        level = levels_of(work, params).milestones
        self._milestones = Milestones(level, work.stage, write, work=work.folder) if level else None
        self.latest: dict[str, float] = {}
        """What the last validation of this process measured; empty before the first."""
        best = Best.load(self._work) if self._criterion and is_rank_zero() else None
        self._value: float | None
        self._step: int | None
        before = (best.metrics[criterion.metric], best.step) if best else (None, None)
        self._value, self._step = object_from_zero(before)

    def consider(self, metrics: Mapping[str, float]) -> None:
        """Keep the present weights if they are the best so far."""
        self.latest = dict(metrics)
        if self._criterion is None:
            return
        value = metrics[self._criterion.metric]
        if not self._criterion.prefers(value, self._value):
            return
        self._value, self._step = value, self._state.step
        weights = learnt_weights(self._state, sharded=self._sharded)
        if is_rank_zero():
            Best(step=self._state.step, metrics=dict(metrics), weights=weights).save(self._work)
        barrier()

    def keep_milestone(self) -> None:
        """Keep the present model and state, if these weights are the best so far.

        Comes after `consider`, and when the validation is logged: whoever goes on from there does
        neither again. A training that was killed in between finds them the best once more.
        """
        state = self._state
        if self._milestones and self._criterion and self._step == state.step:
            self._milestones.begin_best(self._criterion.best(state.step, self.latest))
            self._milestones.finish_best(
                state.step,
                lambda path: write_state(self._fabric, state, path, sharded=self._sharded),
            )

    def put_into_model(self) -> Exported:
        """Leave the chosen weights in the model and say which they are."""
        last = Exported(step=self._state.step, metrics=dict(self.latest))
        self.keep_milestone()
        if self._milestones:
            self._milestones.keep_last(last)
        decided: tuple[Exported, Mapping[str, Tensor]] = (last, {})
        if is_rank_zero():
            best = Best.load(self._work) if self._criterion else None
            decided = export(self._stage, self._criterion, best, last)
        chosen = object_from_zero(decided[0])
        if chosen.step != last.step:
            self._put_back(decided[1])
        return chosen

    def _put_back(self, weights: Mapping[str, Tensor]) -> None:
        """Rank zero holds the weights; the others get them through it."""
        if self._sharded:
            # the last validation left the outermost unit whole, and torch would take it for not sharded
            for module in self._state.model.modules():
                if isinstance(module, FSDPModule):
                    module.reshard()
            options: dict[str, Any] = {"full_state_dict": True, "broadcast_from_rank0": True}
            set_model_state_dict(
                self._state.model, dict(weights), options=StateDictOptions(strict=False, **options)
            )
            return
        put_back(self._state.model, object_from_zero(weights))
