"""A simulator that the package does not know is recorded, read, trained on and rolled out by its path."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from lapa.data.sources import open_source
from lapa.envs.record import record_episodes
from lapa.evaluation.policies.evaluate import evaluate_policy
from lapa.evaluation.policies.trials import Chunks, Trial, open_trials, run_trials
from lapa.params.envs import RecordParams
from lapa.params.evaluation import EvaluationParams, ProbeParams
from toys.policies import finetuned
from toys.shards import tiny_shard_set
from toys.simulator_toy import PointWorldParams

KIND = "toys.simulator_toy:PointWorldParams"


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("points")
    params = RecordParams.model_validate(
        {"num_episodes": 10, "workers": 2, "simulator": {"kind": KIND, "image_size": 32}}
    )
    assert record_episodes(out, params).successes == 10
    return out


def test_its_recording_is_read_as_a_source(raw: Path) -> None:
    episodes = list(open_source("recorded", raw))
    assert {episode.source for episode in episodes} == {"points"}
    assert {episode.environment for episode in episodes} == {"points-flat"}
    for episode in episodes:
        assert episode.fps == 5.0
        assert episode.action_names == ("right", "down")
        assert episode.actions_are == ("relative", "relative")
        assert episode.frames().shape == (episode.num_frames, 32, 64, 3)
        assert episode.actions is not None
        assert episode.states is not None
        assert np.abs(episode.actions).max() <= np.float32(0.2)
        moved = np.clip(episode.states[:-1, :2] + episode.actions[:-1], 0.0, 1.0)
        np.testing.assert_allclose(episode.states[1:, :2], moved, atol=1e-6)


def test_noise_is_in_halves_of_the_range(raw: Path) -> None:
    executed = np.concatenate([e.actions for e in open_source("recorded", raw)])
    wanted = np.concatenate([e.actions for e in open_source("recorded", raw, labels="expert")])
    inside = np.abs(executed) < 0.2
    assert 0.02 < (executed - wanted)[inside].std() < 0.06, "0.25 of a half range of 0.2 is 0.05"


def test_its_expert_succeeds_in_rollouts() -> None:
    def by_expert(running: list[Trial]) -> Chunks:
        return np.stack([trial.simulator.expert_action() for trial in running])[:, None]

    trials = open_trials(PointWorldParams(max_steps=6), "corner", range(8))
    run_trials(trials, by_expert)
    assert all(trial.now.success for trial in trials)
    assert {trial.now.instruction for trial in trials} == {
        "go to the top left",
        "go to the bottom right",
    }


def test_a_policy_is_finetuned_on_it_and_scored_in_it(raw: Path, tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path, episodes=list(open_source("recorded", raw)), size=32)
    policy = finetuned(shards, tmp_path / "policy", use_state=True)
    rollout = {
        "simulator": {"kind": KIND, "image_size": 32},
        "tasks": ["corner", "stay"],
        "num_scenes": 4,
        "max_steps": 3,
        "num_videos": 1,
    }
    params = EvaluationParams(rollout=rollout, probe=ProbeParams(resamples=20), on_error="raise")
    report = evaluate_policy(policy=policy, shards=shards, params=params, out=tmp_path / "out")
    success = {metric.name: metric.value for metric in report.metrics["policy"]}
    assert success["success/stay"] == 1.0, "three steps of anything are a success there"
    assert "success/corner" in success
    assert len(report.clips) == 2


def test_without_an_expert_nothing_is_recorded(tmp_path: Path) -> None:
    params = RecordParams(num_episodes=1, workers=1, simulator=PointWorldParams(has_expert=False))
    with pytest.raises(ValueError, match="'points' has no scripted expert"):
        record_episodes(tmp_path, params)
    assert not list(tmp_path.glob("episode_*"))


@pytest.mark.parametrize(
    ("simulator", "message"),
    [
        ({"kind": "tabeltop"}, "no simulator kind 'tabeltop'; did you mean 'tabletop'"),
        ({"kind": KIND, "imagesize": 32}, "imagesize"),
        ({"image_size": 32}, "kind"),
        ({"kind": KIND, "tasks": ["stay"]}, r"rollout.tasks has \['corner'\]"),
    ],
)
def test_what_is_wrong_with_it_is_said_before_anything_runs(
    simulator: dict[str, object], message: str
) -> None:
    rollout = {"simulator": simulator, "tasks": ["corner"]}
    with pytest.raises(ValidationError, match=message):
        EvaluationParams.model_validate({"rollout": rollout})


def test_its_parameters_survive_json() -> None:
    params = RecordParams(num_episodes=1, simulator=PointWorldParams(image_size=48))
    assert RecordParams.model_validate_json(params.model_dump_json()) == params
