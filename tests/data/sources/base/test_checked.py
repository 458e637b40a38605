"""Every adapter's episodes pass the same checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.episode import Episode
from lapa.data.sources.base.checked import checked


def episode(episode_id: str, **changes: Any) -> Episode:
    fields: dict[str, Any] = {
        "source": "s",
        "num_frames": 3,
        "fps": 10.0,
        "read_frames": lambda indices: np.zeros((3, 4, 4, 3), np.uint8),
        "actions": np.zeros((3, 2), np.float32),
        "action_names": ("x", "y"),
    }
    return Episode(episode_id=episode_id, **{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"num_frames": 0}, "no_frames"),
        ({"num_frames": 1}, "one_frame"),
        ({"fps": 0.0}, "bad_fps"),
        ({"fps": float("nan")}, "bad_fps"),
        ({"num_frames": 4}, "length_mismatch"),
        ({"states": np.zeros((2, 2), np.float32)}, "length_mismatch"),
        ({"action_names": ("x",)}, "name_mismatch"),
        ({"actions": np.array([[0, 1], [np.nan, 0], [0, 0]], np.float32)}, "not_finite"),
        ({"states": np.full((3, 1), np.inf, np.float32)}, "not_finite"),
        ({"episode_id": "a"}, "duplicate_id"),
    ],
)
def test_each_violation_has_a_name_and_costs_one_episode(
    changes: dict[str, Any], reason: str
) -> None:
    changed = episode(**{"episode_id": "b", **changes})
    report = BadInputs()
    kept = list(checked([episode("a"), changed, episode("c")], report=report))
    assert [each.episode_id for each in kept] == ["a", "c"]
    assert report.counts() == {reason: 1}
    assert report.records[0].source == "s"


def test_not_finite_says_where() -> None:
    actions = np.zeros((3, 2), np.float32)
    actions[2, 1] = np.inf
    with pytest.raises(BadInputError, match=r"1 values of actions .* row 2, column y: inf"):
        list(checked([episode("a", actions=actions)]))


def test_same_id_in_another_dataset_is_fine() -> None:
    assert len(list(checked([episode("a"), episode("a", source="t")]))) == 2


def test_the_least_length_can_be_raised() -> None:
    report = BadInputs()
    assert list(checked([episode("a")], report=report, min_frames=4)) == []
    assert report.counts() == {"too_short": 1}
