from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from lapa.folders.scratch import stage_folder
from lapa.records import PairSpec, digest_of, digest_of_file, require_same


@pytest.mark.parametrize(("fps", "offset"), [(5.0, 1), (15.0, 2), (30.0, 4)])
def test_the_horizon_in_seconds_becomes_frames_of_each_source(fps: float, offset: int) -> None:
    assert PairSpec(horizon_s=0.14).frame_offset(fps) == offset


def test_a_horizon_shorter_than_a_frame_is_refused_with_both_numbers() -> None:
    with pytest.raises(ValueError, match=r"0\.1 s is 0\.30 frames at 3\.0 Hz"):
        PairSpec(horizon_s=0.1).frame_offset(3.0)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="horizon_frames"):
        PairSpec.model_validate({"horizon_s": 1.0, "horizon_frames": 3})


def test_records_survive_the_disk(tmp_path: Path) -> None:
    spec = PairSpec(horizon_s=0.5, policy="one_per_episode", min_motion=0.01, seed=3)
    spec.write(tmp_path)
    assert PairSpec.read(tmp_path) == spec


def test_digests_ignore_key_order_and_follow_content(tmp_path: Path) -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
    (tmp_path / "a").write_bytes(b"x" * (3 << 20))
    (tmp_path / "b").write_bytes(b"x" * (3 << 20))
    assert digest_of_file(tmp_path / "a") == digest_of_file(tmp_path / "b")


def test_a_foreign_input_is_refused_showing_both_digests() -> None:
    with pytest.raises(ValueError, match="found 'abc', expected 'def'; label again"):
        require_same("labels", "abc", "def", remedy="label again")


def test_a_stage_finds_its_own_scratch_again_and_no_other(tmp_path: Path) -> None:
    first = stage_folder(tmp_path, "laq", {"steps": 10})
    assert stage_folder(tmp_path, "laq", {"steps": 10}) == first
    assert stage_folder(tmp_path, "laq", {"steps": 11}) != first
