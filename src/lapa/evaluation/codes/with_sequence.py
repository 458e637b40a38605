"""The whole code sequence as one more token beside the codes of the positions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.token_moments import MIN_SAMPLES


def with_sequence(table: PairTable) -> PairTable:
    """Add the whole sequence as the last column of codes; nothing is added to a single position.

    Codes may mean little one by one and much together. Sequences seen less than `MIN_SAMPLES` times share the token 0:
    thousands of rare ones would seem to tell everything. `codebook_size` then counts tokens of either kind.

    Raises:
        TypeError: latents are continuous.
    """
    codes = table.discrete
    if codes.shape[1] < 2:
        return table
    sequence = table.sequence
    common = np.bincount(sequence) >= MIN_SAMPLES
    token = np.where(common, np.cumsum(common), 0)[sequence]
    return replace(
        table,
        codes=np.column_stack([codes, token]),
        codebook_size=max(table.codebook_size, int(common.sum()) + 1),
    )
