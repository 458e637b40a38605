"""Mean, weighted and moving flow against numbers worked out by hand; kept motion is read again."""

from __future__ import annotations

import logging
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from lapa.evaluation.codes.motion_file import read_motion, write_motion
from lapa.evaluation.codes.motion_of_flow import motion_of_flow
from lapa.evaluation.codes.pair_table import PairMotion
from lapa.params.flow import FlowParams


def measured() -> PairMotion:
    """Three pairs of 10x10 pixels: one pixel moves 3 right, two move (1 left, 4 down), nothing moves."""
    flow = np.zeros((3, 10, 10, 2), np.float32)
    flow[0, 2, 2] = (3, 0)
    flow[1, 5, 5] = (-1, 0)
    flow[1, 6, 6] = (0, 4)
    return motion_of_flow(flow, FlowParams(threshold=0.2, static_share=0.0))


def test_a_small_thing_counts_by_how_far_it_moves() -> None:
    motion = measured()
    assert np.allclose(motion.mean[0], (0.3 / 100, 0))
    assert np.allclose(motion.weighted[0], (0.3, 0), atol=1e-6)
    assert np.allclose(motion.weighted[1], (-0.1 * 0.1 / 0.5, 0.4 * 0.4 / 0.5), atol=1e-6)
    assert np.allclose(motion.moving[1], (0, 0.4)), "a tenth of the width is no motion here"
    assert np.allclose(motion.magnitude, (0.3 / 100, 0.5 / 100, 0))


def test_a_still_pair_is_static_and_moves_nowhere() -> None:
    motion = measured()
    assert motion.static.tolist() == [False, False, True]
    for of_one in (motion.mean, motion.weighted, motion.moving):
        assert (of_one[2] == 0).all()
        assert of_one.dtype == np.float32


def test_kept_motion_is_read_again_unless_it_is_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, motion = tmp_path / "flow" / "a.npz", measured()
    assert read_motion(path, 3) is None, "nothing is kept yet"
    write_motion(motion, path)
    kept = read_motion(path, 3)
    assert kept is not None
    for column in fields(PairMotion):
        assert np.array_equal(getattr(kept, column.name), getattr(motion, column.name))
    assert [file.name for file in path.parent.iterdir()] == ["a.npz"], "no unfinished file is left"
    with caplog.at_level(logging.WARNING):
        assert read_motion(path, 4) is None
        path.write_bytes(path.read_bytes()[:100])
        assert read_motion(path, 3) is None
    assert [str(path) in record.getMessage() for record in caplog.records] == [True, True]


def test_raft_needs_weights_and_dis_takes_none() -> None:
    for changes in ({"estimator": "raft"}, {"raft": {"weights": "default"}}):
        with pytest.raises(ValueError, match=r"random weights see nothing"):
            FlowParams.model_validate(changes)
