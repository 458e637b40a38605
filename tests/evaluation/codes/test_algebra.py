"""A quantiser with a zero, an inverse and a sum, and one without."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.chained_codes import (
    ANGLE,
    ONE_STEP,
    SHARE,
    SHUFFLED,
    chained_codes,
    with_two_steps,
)
from lapa.evaluation.codes.null_codes import MOTION, MOVING, SPREAD, null_codes
from lapa.evaluation.codes.null_codes import SHARE as NULL_SHARE
from lapa.evaluation.codes.reversed_codes import reversed_codes
from toys.moving_quantizers import PARAMS, MovingLaq, PatchClips, decoded_patches


def test_static_pairs_have_one_code_that_moves_nothing() -> None:
    decoded = decoded_patches(MovingLaq())
    measured = null_codes(decoded, "laq", decoded.table.discrete, PARAMS)
    named = {metric.name: metric.value for metric in measured.metrics}
    assert named[NULL_SHARE] == 1
    assert named[NULL_SHARE + MOVING] < 0.2
    assert named[SPREAD] == 0
    assert named[MOTION] < 0.01


def test_reversed_codes_move_backwards() -> None:
    backwards = reversed_codes(decoded_patches(MovingLaq()), "laq", PARAMS)
    assert backwards.cosine.value > 0.95
    assert backwards.cosine.low > backwards.shuffled.high


def test_two_codes_move_as_far_as_both_steps() -> None:
    measured = chained_codes(decoded_patches(MovingLaq()), "laq", PARAMS).metrics
    assert measured[ANGLE].value < 10
    assert measured[SHARE].value == pytest.approx(1, abs=0.1)
    assert measured[ANGLE].high < measured[ANGLE + SHUFFLED].low
    assert measured[SHARE].low > measured[SHARE + ONE_STEP].high


def test_a_decoder_that_ignores_codes_has_no_algebra() -> None:
    decoded = decoded_patches(MovingLaq(obeys=False))
    null = null_codes(decoded, "laq", None, PARAMS)
    assert [metric.name for metric in null.metrics] == [SPREAD], "no motion, no ratio of motions"
    assert reversed_codes(decoded, "laq", PARAMS).cosine.value == 0
    chain = chained_codes(decoded, "laq", PARAMS)
    assert chain.metrics[ANGLE].value == 90
    assert chain.metrics[SHARE].value == 0


def test_clips_that_end_too_early_are_not_chained() -> None:
    clips = PatchClips(6)
    clips.table.numbers["num_frames"] = np.array([3, 2, 3, 2, 3, 2])
    told = with_two_steps(clips, np.arange(6))  # type: ignore[arg-type]
    assert told.tolist() == [True, False] * 3
    decoded = decoded_patches(MovingLaq())
    decoded.dataset.table.numbers["num_frames"] = np.full(36, 2)
    with pytest.raises(CannotMeasureError, match="t\\+2H"):
        chained_codes(decoded, "laq", PARAMS)
