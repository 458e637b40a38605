"""A lapa policy as LeRobot trains, plays, saves and loads its own."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any, Self

import torch
from einops import rearrange
from huggingface_hub import snapshot_download
from lerobot.policies.pretrained import PreTrainedPolicy
from torch import Tensor

from lapa.batches import RobotBatch
from lapa.export.hub import PATTERNS, require_built_in
from lapa.models.policy.action_codec import ActionCodec
from lapa.models.policy.policy import Policy
from lapa.params.policy import PolicyModelParams
from lapa.records import require_same
from lapa.training.policy.objective import PolicyObjective
from lapa.training.policy.trainable import select_trainable
from lerobot_policy_lapa.configuration_lapa import LapaConfig
from lerobot_policy_lapa.start import rebuilt_policy, starting_policy

Batch = dict[str, Any]
"""What LeRobot hands over, after the processor: pictures ``uint8 (batch, height, width, 3)`` as in the shards,
``observation.state`` and ``action`` in physical units, ``task`` a list of instructions."""


class LapaPolicy(PreTrainedPolicy):
    """LeRobot's interface around `lapa.models.policy.policy.Policy`."""

    config_class = LapaConfig
    name = "lapa"

    def __init__(
        self,
        config: LapaConfig,
        *,
        folder: Path | None = None,
        dataset_meta: Any = None,
        **_: Any,
    ) -> None:
        """Make the policy; LeRobot's statistics of the dataset, also handed over, are not used.

        Args:
            config: completed in place, so that it describes the policy.
            folder: of a saved policy, whose weights LeRobot then loads; None: a policy that starts.
            dataset_meta: of the dataset to learn.

        Raises:
            ValueError: the dataset has other actions or cameras than the policy.
        """
        config.validate_features()
        super().__init__(config)
        if folder is None:
            policy, params = starting_policy(config, dataset_meta)
        else:
            policy, params = rebuilt_policy(config, folder)
        _require_width(config, params)
        config.model = params.model_dump(mode="json")
        select_trainable(policy, config.finetuning)
        self.model_params = params
        self.objective = PolicyObjective(policy=policy, joint_latent_weight=0.0)
        self.reset()

    @property
    def policy(self) -> Policy:
        """The policy itself, with lapa's interface."""
        return self.objective.policy

    @classmethod
    def from_pretrained(
        cls, pretrained_name_or_path: str | Path, *, strict: bool = True, **options: Any
    ) -> Self:
        """Load what LeRobot saved, from a folder or the Hub; lapa's own folders `lapa-lerobot` converts.

        Raises:
            RefusedError: a configuration from the Hub names a class outside lapa.
            ValueError: the bins in the weights are not those of the configuration.
        """
        folder = Path(pretrained_name_or_path)
        if not folder.is_dir():
            revision = options.get("revision")
            name = str(pretrained_name_or_path)
            folder = Path(snapshot_download(name, revision=revision, allow_patterns=list(PATTERNS)))
            require_built_in(folder)
        loaded: Self = super().from_pretrained(folder, strict=strict, folder=folder, **options)
        require_same(
            f"action bin edges in the weights of {folder}",
            loaded.policy.head.codec.edges.tolist(),
            ActionCodec(stats=loaded.model_params.stats).edges.tolist(),
            remedy="config.json was edited or belongs to another policy; train again",
        )
        return loaded

    def _save_pretrained(self, save_directory: Path, state_dict: Any = None) -> None:
        super()._save_pretrained(save_directory, state_dict=state_dict)
        self.policy.backbone.save_text_files(save_directory)

    def get_optim_params(self) -> list[torch.nn.Parameter]:
        """What learns."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    def reset(self) -> None:
        """Forget the actions of the last chunk."""
        self._queue: deque[Tensor] = deque()

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """The training loss of the actions, and nothing else to log."""
        output = self.objective(self._robot_batch(batch))
        return output.loss, {}

    @torch.no_grad()
    def predict_action_chunk(self, batch: Batch, **_: Any) -> Tensor:
        """Actions from t on, ``float32 (batch, time, action_dim)``, physical units."""
        self.eval()
        encoded = self.policy.encode_observation(batch[self.config.camera], list(batch["task"]))
        return self.policy.predict_from(encoded, self._states(batch))

    def select_action(self, batch: Batch, **_: Any) -> Tensor:
        """The next action, ``float32 (batch, action_dim)``; looks again after ``n_action_steps``."""
        if not self._queue:
            chunk = self.predict_action_chunk(batch)[:, : self.config.n_action_steps]
            self._queue.extend(rearrange(chunk, "batch time action -> time batch action"))
        return self._queue.popleft()

    def _states(self, batch: Batch) -> Tensor | None:
        states: Tensor | None = batch["observation.state"] if self.config.use_state else None
        return states

    def _robot_batch(self, batch: Batch) -> RobotBatch:
        made = RobotBatch(
            frames=batch[self.config.camera],
            instructions=list(batch["task"]),
            actions=batch["action"],
            action_mask=~batch["action_is_pad"],
            sample_id=batch["index"],
        )
        states = self._states(batch)
        return made if states is None else {**made, "states": states}


def _require_width(config: LapaConfig, params: PolicyModelParams) -> None:
    action = config.action_feature
    names = [dimension.name for dimension in params.stats.dimensions]
    require_same(
        f"actions that this policy predicts ({', '.join(names)}): dimensions",
        len(names),
        0 if action is None else action.shape[0],
        remedy="choose a dataset or an environment with these actions, or start from a foundation model",
    )
