"""A policy that lapa finetuned becomes one of LeRobot's, and back; weights stay bit for bit the same."""

from __future__ import annotations

from pathlib import Path

from lerobot.configs import FeatureType, PolicyFeature

from lapa.data.export.lerobot.layout import CAMERA
from lapa.data.export.publish import published
from lapa.models.policy.storage import save_policy
from lapa.models.storage import kind_of_model, read_config
from lapa.params.policy import PolicyModelParams
from lapa.refused import RefusedError
from lerobot_policy_lapa.configuration_lapa import LapaConfig
from lerobot_policy_lapa.modeling_lapa import LapaPolicy
from lerobot_policy_lapa.processor_lapa import make_lapa_pre_post_processors
from lerobot_policy_lapa.statistics import lerobot_statistics


def to_lerobot(source: Path, out: Path, *, camera: str = CAMERA) -> Path:
    """Write the folder that ``lerobot-eval --policy.path`` and ``lerobot-train --policy.path`` read.

    Args:
        source: folder of a lapa policy.
        out: folder to make; appears when it is complete.
        camera: feature that holds the policy's picture.

    Raises:
        RefusedError: ``source`` holds another kind of model.
        FileExistsError: ``out`` exists.
    """
    if (kind := kind_of_model(source)) != "policy":
        raise RefusedError(
            f"{source} holds a model of kind {kind!r}, expected a policy; lerobot-train starts from a "
            "foundation model by --policy.start_from"
        )
    params = read_config(source, PolicyModelParams)
    side = params.frame_codec.image_size
    inputs = {camera: PolicyFeature(FeatureType.VISUAL, (3, side, side))}
    if params.state_dim is not None:
        inputs["observation.state"] = PolicyFeature(FeatureType.STATE, (params.state_dim,))
    width = len(params.stats.dimensions)
    config = LapaConfig(
        start_from=str(source),
        input_features=inputs,
        output_features={"action": PolicyFeature(FeatureType.ACTION, (width,))},
        device="cpu",
        push_to_hub=False,
    )
    policy = LapaPolicy(config)
    config.start_from = None  # a folder of this machine
    with published(out) as folder:
        policy.save_pretrained(folder)
        for pipeline in make_lapa_pre_post_processors(config, lerobot_statistics(policy.policy)):
            pipeline.save_pretrained(folder)
    return out


def to_lapa(source: Path, out: Path) -> Path:
    """Write a policy of LeRobot's as `lapa predict`, `lapa serve` and `lapa export` read it.

    Args:
        source: folder of the plugin's policy, such as ``checkpoints/last/pretrained_model``.
        out: folder to make; appears when it is complete.

    Raises:
        FileExistsError: ``out`` exists.
    """
    loaded = LapaPolicy.from_pretrained(source)
    with published(out) as folder:
        save_policy(folder, loaded.policy, loaded.model_params)
    return out
