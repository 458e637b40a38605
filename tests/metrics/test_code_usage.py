"""Usage of codes whose histogram is known."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.metrics.code_usage import code_usage, entropy_bits, perplexity, utilization


def test_usage_of_a_known_histogram() -> None:
    codes = np.array([[0, 1], [0, 1], [0, 2], [0, 2]])
    usage = code_usage(codes, codebook_size=4)
    assert usage.histogram.tolist() == [[4, 0, 0, 0], [0, 2, 2, 0]]
    assert usage.utilization == 0.75
    assert usage.perplexity == pytest.approx(2**1.5)
    assert usage.sequences == 2
    assert usage.sequence_entropy == pytest.approx(1.0)


def test_a_whole_codebook_and_one_code() -> None:
    assert perplexity([5, 5, 5, 5]) == pytest.approx(4)
    assert perplexity([0, 9]) == 1
    assert utilization([0, 9]) == 0.5


def test_no_count_at_all_has_no_entropy() -> None:
    assert entropy_bits(np.zeros(3, dtype=np.int64)) == 0
