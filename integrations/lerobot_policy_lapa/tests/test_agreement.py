"""LeRobot's way through a policy and lapa's end at the same numbers, to 1e-6."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from lerobot.configs import FeatureType, NormalizationMode, PolicyFeature, PreTrainedConfig
from lerobot.datasets.lerobot_dataset import LeRobotDataset, LeRobotDatasetMetadata
from lerobot.lerobot_types import TransitionKey
from lerobot.policies.factory import make_policy, make_pre_post_processors
from lerobot.processor import NormalizerProcessorStep, UnnormalizerProcessorStep
from lerobot_policy_lapa.configuration_lapa import LapaConfig
from lerobot_policy_lapa.exchange import to_lapa, to_lerobot
from lerobot_policy_lapa.modeling_lapa import LapaPolicy
from lerobot_policy_lapa.processor_lapa import to_bytes
from lerobot_policy_lapa.statistics import lerobot_statistics

from lapa.data.sources.registry import open_source
from lapa.models.policy.storage import load_policy

POLICY, FOUNDATION, DATASET = (
    Path(os.environ[name]) for name in ("LAPA_POLICY", "LAPA_FOUNDATION", "LEROBOT_DATASET")
)
CAMERA = "observation.images.main"


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return to_lerobot(POLICY, tmp_path_factory.mktemp("converted") / "policy")


@pytest.fixture(scope="module")
def dataset() -> LeRobotDataset:
    return LeRobotDataset("local/dataset", root=DATASET, video_backend="pyav")


def fresh(**options: object) -> LapaConfig:
    return LapaConfig(device="cpu", push_to_hub=False, use_state=True, **options)


def test_a_policy_of_lapa_says_the_same_in_lerobot(
    converted: Path, dataset: LeRobotDataset
) -> None:
    ours = load_policy(POLICY)
    config = PreTrainedConfig.from_pretrained(converted)
    theirs = LapaPolicy.from_pretrained(converted)
    before, after = make_pre_post_processors(config, str(converted))
    for index in range(0, len(dataset), len(dataset) // 16):
        item = dataset[index]
        seen = before(
            {key: item[key] for key in (CAMERA, "observation.state")} | {"task": item["task"]}
        )
        theirs.reset()
        action = after(theirs.select_action(seen))
        picture = (item[CAMERA] * 255).round().to(torch.uint8).permute(1, 2, 0)[None]
        expected = ours.predict(picture, [item["task"]], item["observation.state"][None])[:, 0]
        torch.testing.assert_close(action, expected, rtol=0, atol=1e-6)


def test_pictures_of_a_camera_go_through_the_shards_codec(converted: Path) -> None:
    ours = load_policy(POLICY)
    config = PreTrainedConfig.from_pretrained(converted)
    before, _ = make_pre_post_processors(config, str(converted))
    frame = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8))
    given = {CAMERA: frame.permute(2, 0, 1) / 255, "observation.state": torch.zeros(4), "task": "x"}
    seen = before(given)
    assert torch.equal(to_bytes((frame.permute(2, 0, 1) / 255)[None])[0], frame)
    assert seen[CAMERA].shape == (1, 64, 64, 3)
    theirs = LapaPolicy.from_pretrained(converted)
    chunk = theirs.predict_action_chunk(seen | {"task": ["reach the red cube"]})
    expected = ours.predict(frame[None], ["reach the red cube"], torch.zeros(1, 4))
    torch.testing.assert_close(chunk, expected, rtol=0, atol=1e-6)


def test_lerobots_normalizers_with_our_statistics_compute_what_we_compute() -> None:
    policy = load_policy(POLICY)
    codec, state = policy.head.codec, policy.state_input
    assert state is not None
    modes = {
        FeatureType.ACTION: NormalizationMode.MIN_MAX,
        FeatureType.STATE: NormalizationMode.MEAN_STD,
    }
    shapes = {
        "action": PolicyFeature(FeatureType.ACTION, (codec.action_dim,)),
        "observation.state": PolicyFeature(FeatureType.STATE, (len(state.mean),)),
    }
    options = {"features": shapes, "norm_map": modes, "stats": lerobot_statistics(policy)}
    generator = torch.Generator().manual_seed(0)
    spread = codec.high - codec.low
    actions = codec.low + spread * torch.rand(64, codec.action_dim, generator=generator)
    states = state.mean + state.std * torch.randn(64, len(state.mean), generator=generator)
    transition = {
        TransitionKey.ACTION: actions,
        TransitionKey.OBSERVATION: {"observation.state": states},
    }
    done = NormalizerProcessorStep(**options)(transition)
    normalized = done[TransitionKey.ACTION]
    torch.testing.assert_close(normalized, codec.normalize(actions), rtol=0, atol=1e-6)
    deviations = (states - state.mean) / state.std
    theirs = done[TransitionKey.OBSERVATION]["observation.state"]
    torch.testing.assert_close(theirs, deviations, rtol=0, atol=1e-6)
    back = UnnormalizerProcessorStep(**options)({TransitionKey.ACTION: normalized})
    torch.testing.assert_close(
        back[TransitionKey.ACTION], codec.denormalize(normalized), rtol=0, atol=1e-6
    )


def test_statistics_of_a_new_policy_are_those_of_the_episodes() -> None:
    meta = LeRobotDatasetMetadata("local/dataset", root=DATASET)
    policy = make_policy(fresh(start_from=str(FOUNDATION), episodes=[0, 1, 2]), ds_meta=meta)
    episodes = list(open_source("lerobot", DATASET))[:3]
    actions = np.concatenate([episode.actions for episode in episodes]).astype(np.float64)
    states = np.concatenate([episode.states for episode in episodes]).astype(np.float64)
    dimensions = policy.model_params.stats.dimensions
    means = [dimension.mean for dimension in dimensions]
    np.testing.assert_allclose(means, actions.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose([d.std for d in dimensions], actions.std(axis=0), atol=1e-6)
    np.testing.assert_allclose(policy.policy.state_input.mean, states.mean(axis=0), atol=1e-6)
    assert policy.model_params.stats.episodes == 3


def test_lerobots_own_statistics_are_ours() -> None:
    meta = LeRobotDatasetMetadata("local/dataset", root=DATASET)
    policy = make_policy(fresh(start_from=str(FOUNDATION)), ds_meta=meta)
    ours = lerobot_statistics(policy.policy)
    for key in ("action", "observation.state"):
        for name in ("mean", "std"):
            np.testing.assert_allclose(ours[key][name], meta.stats[key][name], atol=1e-6)


def test_weights_are_bit_for_bit_the_same_there_and_back(converted: Path, tmp_path: Path) -> None:
    back = load_policy(to_lapa(converted, tmp_path / "back"))
    for name, tensor in load_policy(POLICY).state_dict().items():
        assert torch.equal(back.state_dict()[name], tensor), name


def test_what_does_not_fit_is_refused(converted: Path) -> None:
    with pytest.raises(ValueError, match="n_action_steps is 3"):
        fresh(n_action_steps=3)
    meta = LeRobotDatasetMetadata("local/dataset", root=DATASET)
    with pytest.raises(ValueError, match=r"policy.camera is 'wrist', expected one of \['obs"):
        make_policy(fresh(camera="wrist"), ds_meta=meta)
    reads_codes = fresh(
        start_from=str(FOUNDATION), head={"kind": "flow", "condition": "codes"}, train="head"
    )
    reads_codes.use_state = False
    with pytest.raises(ValueError, match="codebook"):
        make_policy(reads_codes, ds_meta=meta)
    with pytest.raises(ValueError, match="expected a policy"):
        to_lerobot(FOUNDATION, converted.parent / "other")
