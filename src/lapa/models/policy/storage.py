"""Build a policy from its configuration, and keep it in a folder.

The folder holds ``model.safetensors``, ``config.json`` (with the action statistics and the frames' codec) and what turns
instructions into tokens.
"""

from __future__ import annotations

from pathlib import Path

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.policy.action_codec import ActionCodec
from lapa.models.policy.heads import build_head
from lapa.models.policy.policy import Policy
from lapa.models.policy.state_input import StateInput
from lapa.models.storage import load_weights, save_model
from lapa.params.finetune import PolicyModelParams
from lapa.records import ActionStats, require_same


def build_policy(config: PolicyModelParams, *, backbone: LatentPolicy) -> Policy:
    """Put a new head on ``backbone``, drawn from torch's global generator."""
    codec = ActionCodec(stats=config.stats)
    head = build_head(
        config.head,
        codec=codec,
        chunk=config.chunk,
        feature_dim=backbone.feature_dim,
        codebook_size=backbone.codebook_size,
        code_seq_len=backbone.code_seq_len,
    )
    state_input = None
    if config.state_dim is not None:
        state_input = StateInput(state_dim=config.state_dim, feature_dim=backbone.feature_dim)
    return Policy(
        backbone=backbone,
        head=head,
        stats=config.stats,
        frame_codec=config.frame_codec,
        state_input=state_input,
    )


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
    path = Path(folder) / "config.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"no policy at {folder}: expected config.json and model.safetensors; point to the "
            "folder that save_policy wrote"
        )
    config = PolicyModelParams.model_validate_json(path.read_text())
    policy = build_policy(config, backbone=build_foundation(config.foundation, folder=Path(folder)))
    expected_edges = policy.head.codec.edges.clone()
    load_weights(Path(folder), policy, kind="policy")
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
