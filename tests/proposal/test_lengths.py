"""Training is as long as the data asks for, within what the stage needs and can use."""

from __future__ import annotations

import pytest

from lapa.proposal.lengths import FINETUNE, LAQ, propose_lengths, stage_length


@pytest.mark.parametrize(("samples", "steps"), [(10, 400), (670, 840), (1_000_000, 1500)])
def test_passes_within_bounds(samples: int, steps: int) -> None:
    assert stage_length(LAQ["demo"], samples).max_steps == steps


def test_few_samples_make_one_batch() -> None:
    assert stage_length(FINETUNE, 24).batch_size == 24
    assert stage_length(FINETUNE, 0).batch_size == 1


@pytest.mark.parametrize("size", ["demo", "small"])
@pytest.mark.parametrize("samples", [0, 50, 5000, 10**7])
def test_warm_up_and_validation_fit_every_length(size: str, samples: int) -> None:
    lengths = propose_lengths(size=size, pairs=samples, labeled=samples)
    for stage in (lengths.laq, lengths.foundation, lengths.finetune):
        assert stage.warmup_steps < stage.max_steps
        assert 4 <= stage.max_steps / stage.validate_every <= 10
    assert lengths.scratch_steps > lengths.finetune.max_steps
