"""The policy at the first step: new on a backbone, or one that goes on learning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.foundation.storage import load_foundation
from lapa.models.policy.build import build_policy
from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import load_policy
from lapa.models.storage import kind_of_model, read_config
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.policy import PolicyModelParams
from lapa.records import FrameCodec
from lapa.training.policy.labeled import states_left_out
from lerobot_policy_lapa.configuration_lapa import LapaConfig
from lerobot_policy_lapa.labeled_dataset import LabeledRows, fitted_stats, read_labeled_rows

Described = tuple[Policy, PolicyModelParams]


def starting_policy(config: LapaConfig, dataset_meta: Any) -> Described:
    """Load what ``start_from`` names, or put a new head on a backbone.

    Args:
        config: with a model to start from, or parameters of a new one.
        dataset_meta: LeRobot's metadata of the dataset to learn; needed for a new head alone.

    Raises:
        ValueError: a new head, and no dataset to fit its statistics to; or actions of another width.
    """
    source = None if config.start_from is None else Path(config.start_from)
    if source is not None and kind_of_model(source) == "policy":
        return load_policy(source), read_config(source, PolicyModelParams)
    if dataset_meta is None:
        raise ValueError(
            f"start_from is {config.start_from!r}: its head would be new, and there is no dataset whose "
            "actions it could learn; expected the folder of a policy, or lerobot-train"
        )
    rows = read_labeled_rows(Path(dataset_meta.root), config.episodes)
    backbone, sizes = _backbone(config, source, rows)
    return _new_policy(config, backbone, sizes, rows, dataset=dataset_meta.repo_id)


def rebuilt_policy(config: LapaConfig, folder: Path) -> Described:
    """The policy that a LeRobot folder describes, its weights still random; tokenizers lie in ``folder``."""
    params = PolicyModelParams.model_validate(config.model)
    backbone = build_foundation(params.foundation, folder=folder)
    return build_policy(params, backbone=backbone), params


def _backbone(
    config: LapaConfig, source: Path | None, rows: LabeledRows
) -> tuple[LatentPolicy, FoundationModelParams]:
    if source is not None:
        return load_foundation(source), read_config(source, FoundationModelParams)
    sizes = FoundationModelParams.model_validate(config.foundation)
    return build_foundation(sizes, instructions=rows.tasks), sizes


def _new_policy(
    config: LapaConfig,
    backbone: LatentPolicy,
    sizes: FoundationModelParams,
    rows: LabeledRows,
    *,
    dataset: str,
) -> Described:
    finetuning = config.finetuning
    if finetuning.head.starts_from_codebook:
        raise ValueError(
            f"head {finetuning.head.kind} would start from a quantiser's codebook, which LeRobot does not "
            "hand over; expected embeddings: fresh, or a policy that lapa finetuned"
        )
    with_state = config.use_state and rows.states is not None
    params = PolicyModelParams(
        foundation=sizes,
        head=finetuning.head,
        chunk=config.chunk_size,
        state_dim=len(rows.state_names) if with_state else None,
        state_names=rows.state_names if with_state else (),
        stats=fitted_stats(rows, finetuning, dataset=dataset),
        frame_codec=FrameCodec.model_validate(config.frames),
        control_hz=rows.fps,
    )
    policy = build_policy(params, backbone=backbone)
    if policy.state_input is not None and rows.states is not None:
        policy.state_input.fit(torch.from_numpy(rows.states))
        params = states_left_out(params, policy.state_input.left_out)
    return policy, params
