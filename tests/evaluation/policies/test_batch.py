"""What happens in a scene does not depend on how many others run beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lapa.evaluation.policies.evaluate import evaluate_policy
from lapa.evaluation.policies.outcomes import FILE
from lapa.evaluation.policies.rollout import RolloutResult, rollout
from lapa.models.policy.storage import load_policy
from toys.world import ENV, World

SEEDS = range(40, 49)


def _rolled_out(world: World, batch_size: int) -> RolloutResult:
    return rollout(
        load_policy(Path(world.policies["lapa"].path)),
        simulator=ENV.model_copy(update={"max_steps": 6}),
        task="reach",
        seeds=SEEDS,
        codec=world.shards.codec,
        keep_clips=len(SEEDS),
        batch_size=batch_size,
    )


@pytest.fixture(scope="module")
def one_by_one(world: World) -> RolloutResult:
    return _rolled_out(world, 1)


@pytest.mark.parametrize("batch_size", [2, 4, 7, 9])
def test_scenes_side_by_side_go_as_they_do_alone(
    world: World, one_by_one: RolloutResult, batch_size: int
) -> None:
    together = _rolled_out(world, batch_size)
    np.testing.assert_array_equal(together.successes, one_by_one.successes)
    np.testing.assert_array_equal(together.steps, one_by_one.steps)
    for seed in SEEDS:
        np.testing.assert_array_equal(together.clips[seed], one_by_one.clips[seed])


def test_the_report_does_not_depend_on_the_batch(world: World, tmp_path: Path) -> None:
    assert world.params.rollout is not None
    written = []
    for size in (1, 5):
        rollout_params = world.params.rollout.model_copy(update={"batch_size": size})
        params = world.params.model_copy(update={"rollout": rollout_params})
        out = tmp_path / str(size)
        evaluate_policy(
            policy=world.policies["scratch"], shards=world.shards, params=params, out=out
        )
        written.append((out / FILE).read_text())
    assert written[0] == written[1]
