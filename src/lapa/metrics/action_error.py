"""Error of predicted actions against the true ones, per dimension, summed up over batches.

Training's validation and the evaluation use the same sums and the same loop, so their metrics are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from lapa.batches import RobotBatch
from lapa.data.loading.robot import RobotDataset
from lapa.distributed.ranks import sum_over_processes
from lapa.models.policy.action_codec import ActionCodec
from lapa.models.policy.policy import Policy


class ActionError:
    """Mean squared and absolute error per dimension, in physical and normalised units.

    Normalised means divided by half the span of the bins, for held dimensions by more
    (`lapa.data.statistics.standing_still`); the means leave out those that stand still. The target is not clipped.
    """

    def __init__(self, *, codec: ActionCodec) -> None:
        self._codec = codec
        self._squared = torch.zeros(codec.action_dim, dtype=torch.float64)
        self._absolute = torch.zeros(codec.action_dim, dtype=torch.float64)
        self._steps = 0

    def update(self, predicted: Tensor, actions: Tensor, mask: Tensor) -> None:
        """Add a batch ``(batch, time, action_dim)``; steps where ``mask`` is False do not count."""
        error = (predicted - actions)[mask].double().cpu()
        self._squared += error.square().sum(dim=0)
        self._absolute += error.abs().sum(dim=0)
        self._steps += len(error)

    def join_processes(self) -> None:
        """Add the sums of all processes; collective."""
        sums = torch.cat([self._squared, self._absolute, torch.tensor([self._steps]).double()])
        everywhere = sum_over_processes(sums.to(self._codec.edges.device)).cpu()
        self._squared, self._absolute = everywhere[:-1].chunk(2)
        self._steps = int(everywhere[-1])

    @property
    def steps(self) -> int:
        """Valid steps counted so far."""
        return self._steps

    def compute(self, names: list[str]) -> dict[str, float]:
        """Metrics by name: ``mse/<dimension>``, ``mae_normalized/<dimension>``, and means.

        Raises:
            ValueError: no valid step was counted.
        """
        if self._steps == 0:
            raise ValueError("no valid action step in the split; expected at least one")
        scale = (1 / self._codec.scale).double().cpu()
        still = self._codec.still.cpu()
        counted = ~still if not still.all() else still
        mse, mae = self._squared / self._steps, self._absolute / self._steps
        normalized_mse, normalized_mae = mse * scale.square(), mae * scale
        metrics = {
            "mse_normalized": float(normalized_mse[counted].mean()),
            "mae_normalized": float(normalized_mae[counted].mean()),
        }
        for i, name in enumerate(names):
            metrics |= {
                f"mse/{name}": float(mse[i]),
                f"mae/{name}": float(mae[i]),
                f"mse_normalized/{name}": float(normalized_mse[i]),
                f"mae_normalized/{name}": float(normalized_mae[i]),
            }
        return metrics


def predictions(
    policy: Policy, batches: Iterable[RobotBatch], *, device: torch.device | str = "cpu"
) -> Iterator[tuple[RobotBatch, Tensor]]:
    """Predict every batch, one at a time.

    Yields:
        The batch, and the actions predicted for it: ``float32 (batch, time, action_dim)``, physical units.
    """
    for batch in batches:
        states = batch.get("states")
        predicted = policy.predict(
            batch["frames"].to(device),
            batch["instructions"],
            None if states is None else states.to(device),
        )
        yield batch, predicted


def measure_action_error(
    policy: Policy, batches: Iterable[RobotBatch], *, device: torch.device | str = "cpu"
) -> tuple[dict[str, float], int]:
    """Error of ``policy`` over ``batches``, and the steps behind it."""
    error = ActionError(codec=policy.head.codec)
    for batch, predicted in predictions(policy, batches, device=device):
        error.update(predicted, batch["actions"].to(device), batch["action_mask"].to(device))
    return error.compute([d.name for d in policy.stats.dimensions]), error.steps


def error_of_the_mean(policy: Policy, frames: RobotDataset) -> dict[str, float]:
    """``predict_mean/mse_normalized``: error of always doing the mean labelled action; reads no image."""
    mean = torch.tensor([dimension.mean for dimension in policy.stats.dimensions])
    error = ActionError(codec=policy.head.codec)
    for index in range(len(frames)):
        actions, mask = map(torch.from_numpy, frames.actions_from(index))
        error.update(mean.expand_as(actions), actions, mask)
    names = [dimension.name for dimension in policy.stats.dimensions]
    return {"predict_mean/mse_normalized": error.compute(names)["mse_normalized"]}
