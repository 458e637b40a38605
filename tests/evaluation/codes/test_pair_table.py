"""Rows stay together whatever is taken."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.codes.pair_table import PairMotion, PairTable


def table(*, codes: bool = True) -> PairTable:
    number = np.arange(6)
    flow = np.stack([number, -number], axis=1).astype(np.float32)
    return PairTable(
        codes=np.stack([number % 2, number % 3], axis=1) if codes else None,
        codebook_size=3,
        vectors=np.zeros((6, 2, 4), np.float32),
        pre_quantized=np.zeros((6, 8), np.float32),
        dataset=np.array(list("aabbbb")),
        episode=number // 2,
        environment=np.array([""] * 6),
        instruction=np.array([""] * 6),
        frame=number,
        motion=PairMotion(
            mean=flow, weighted=flow, moving=flow, magnitude=flow[:, 0], static=number == 0
        ),
    )


def test_rows_of_one_dataset_keep_their_columns_together() -> None:
    one = table().take(table().dataset == "b")
    assert (len(one), one.datasets) == (4, ("b",))
    assert one.motion is not None
    np.testing.assert_array_equal(one.frame, [2, 3, 4, 5])
    np.testing.assert_array_equal(one.motion.magnitude, [2, 3, 4, 5])
    assert one.random_codes is None
    assert one.codebook_size == 3


def test_a_sequence_has_one_number_wherever_it_occurs() -> None:
    sequence = table().sequence
    assert len(set(sequence.tolist())) == 6
    twice = table().take(np.array([0, 1, 0]))
    assert twice.sequence.tolist() == [0, 1, 0]


def test_continuous_latents_have_no_codes() -> None:
    with pytest.raises(TypeError, match="continuous"):
        _ = table(codes=False).sequence
