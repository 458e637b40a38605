"""Keep a policy in a folder.

The folder holds ``model.safetensors``, ``config.json`` (with the action statistics and the frames' codec) and what turns
instructions into tokens.
"""

from __future__ import annotations

from pathlib import Path

from lapa.models.foundation.build import build_foundation
from lapa.models.policy.build import build_policy
from lapa.models.policy.policy import Policy
from lapa.models.storage import load_weights, read_config, save_model
from lapa.params.policy import PolicyModelParams
from lapa.records import ActionStats, require_same


def save_policy(folder: Path, policy: Policy, config: PolicyModelParams) -> str:
    """Write weights, configuration and tokenizer; return the SHA-256 of the weights."""
    digest = save_model(folder, policy, config)
    policy.backbone.save_text_files(folder)
    return digest


def load_policy(folder: Path, *, expected_stats: ActionStats | None = None) -> Policy:
    """Rebuild a saved policy in evaluation mode.

    Args:
        folder: what `save_policy` wrote.
        expected_stats: the action statistics the caller works with, where it has its own.

    Raises:
        FileNotFoundError: the folder holds no ``config.json``.
        ValueError: the statistics in the configuration are not those the weights were trained
            with, or not the expected ones.
    """
    config = read_config(folder, PolicyModelParams)
    policy = build_policy(config, backbone=build_foundation(config.foundation, folder=folder))
    expected_edges = policy.head.codec.edges.clone()
    load_weights(folder, policy, kind="policy")
    require_same(
        f"action bin edges in the weights of {folder}",
        policy.head.codec.edges.tolist(),
        expected_edges.tolist(),
        remedy="config.json was edited or belongs to another policy; finetune again",
    )
    if expected_stats is not None:
        require_same(
            f"action statistics of {folder}",
            config.stats.model_dump(),
            expected_stats.model_dump(),
            remedy="use the statistics the policy was trained with, or finetune again",
        )
    return policy.eval()
