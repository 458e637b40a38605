"""A policy through `predict` says what it says by itself, whatever the batch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lapa.inference.inputs.open_input import Selection, open_input
from lapa.inference.inputs.recording import Recording
from lapa.inference.predict import Batch, predict
from lapa.inference.predictors.policy import PolicyPredictor
from lapa.models.policy.storage import load_policy
from lapa.records import Checkpoint
from lapa.refused import RefusedError
from toys.three_models import ThreeModels

CPU = torch.device("cpu")


@pytest.fixture
def recording(models: ThreeModels) -> Recording:
    return open_input((Path(models.shards.path),), Selection())[0]


def test_actions_are_those_of_the_policy(models: ThreeModels, recording: Recording) -> None:
    predictor = PolicyPredictor(models.policy, device=CPU)
    (said,) = predict(predictor, [recording], batch_size=5).recordings
    images = torch.from_numpy(recording.pictures(range(12), models.shards.codec))
    expected = load_policy(models.policy).predict(images, [recording.instruction or ""] * 12)
    assert said.arrays["actions"].shape == (12, 3, 2)
    np.testing.assert_allclose(said.arrays["actions"], expected, atol=1e-5)
    np.testing.assert_array_equal(said.arrays["true_actions"], recording.actions)
    np.testing.assert_array_equal(said.frames, range(12))
    assert said.control_hz == 10


def test_every_third_frame(models: ThreeModels, recording: Recording) -> None:
    predictor = PolicyPredictor(models.policy, device=CPU)
    (every,) = predict(predictor, [recording]).recordings
    (third,) = predict(predictor, [recording], every=3).recordings
    np.testing.assert_array_equal(third.frames, [0, 3, 6, 9])
    np.testing.assert_allclose(third.arrays["actions"], every.arrays["actions"][::3], atol=1e-5)


def test_facts_say_what_the_numbers_are(models: ThreeModels) -> None:
    facts = PolicyPredictor(models.policy, device=CPU).facts()
    assert facts["model"]["sha256"] == Checkpoint.read(models.policy).digest
    assert facts["chunk"] == 3
    assert [(d["name"], d["unit"]) for d in facts["dimensions"]] == [("dx", "px"), ("dy", "px")]
    assert facts["frames"] == {**models.shards.codec.model_dump(), "from": "policy"}
    assert facts["state"] is None


def test_the_state_of_the_robot_changes_what_a_policy_that_reads_it_does(
    models: ThreeModels, recording: Recording
) -> None:
    predictor = PolicyPredictor(models.state_policy, device=CPU)
    (own,) = predict(predictor, [recording]).recordings
    assert recording.states is not None
    images = torch.from_numpy(recording.pictures(range(12), models.shards.codec))
    instructions = [recording.instruction or ""] * 12
    expected = load_policy(models.state_policy).predict(
        images, instructions, torch.from_numpy(recording.states)
    )
    np.testing.assert_allclose(own.arrays["actions"], expected, atol=1e-5)
    moved = replace(recording, states=recording.states + 9)
    (other,) = predict(predictor, [moved]).recordings
    assert np.abs(other.arrays["actions"] - own.arrays["actions"]).max() > 1e-6


def test_a_missing_state_is_refused_before_a_frame_is_read(models: ThreeModels) -> None:
    def read(numbers: object) -> list[np.ndarray]:
        raise AssertionError("a frame was read")

    clip = Recording(name="clip", num_frames=2, read=read, instruction="push")
    with pytest.raises(RefusedError, match="expected --state with 2 numbers: x, y"):
        predict(PolicyPredictor(models.state_policy, device=CPU), [clip])


def test_a_missing_instruction_is_refused(models: ThreeModels, recording: Recording) -> None:
    with pytest.raises(RefusedError, match="comes without an instruction"):
        predict(PolicyPredictor(models.policy, device=CPU), [replace(recording, instruction=None)])


@pytest.mark.parametrize("changes", [{"action_names": ("dy", "dx")}, {"actions": None}])
def test_actions_of_another_meaning_are_not_called_true(
    models: ThreeModels, recording: Recording, changes: dict[str, None]
) -> None:
    predictor = PolicyPredictor(models.policy, device=CPU)
    (said,) = predict(predictor, [replace(recording, **changes)]).recordings  # type: ignore[arg-type]
    assert set(said.arrays) == {"actions"}


def test_no_more_pictures_than_a_batch_are_in_memory(models: ThreeModels) -> None:
    def read(numbers: list[int]) -> np.ndarray:
        return np.zeros((len(numbers), 20, 20, 3), np.uint8)

    seen: list[int] = []

    def watch(batch: Batch) -> None:
        seen.append(len(batch.pictures))

    clip = Recording(name="long", num_frames=70, read=read, instruction="push")
    predictor = PolicyPredictor(models.policy, device=CPU)
    prediction = predict(predictor, [clip], batch_size=16, on_batch=watch)
    assert seen == [16, 16, 16, 16, 6]
    assert prediction.num_frames == 70
