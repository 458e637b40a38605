"""What does not fit is said in words; what fits is not mentioned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lapa.params.hardware import HardwareParams
from lapa.planning.data_size import DataSize
from lapa.planning.experiment import ExperimentPlan
from lapa.planning.misfits import misfits
from lapa.planning.needs import StageNeeds
from lapa.planning.sizes import Sizes
from lapa.records import PairSpec

ARM = DataSize(name="arm", origin="published", episodes=100, frames=2000, fps=5)
LAQ = StageNeeds(
    stage="laq",
    parameters=10,
    trained=10,
    devices=2,
    nodes=1,
    batch=64,
    steps=100,
    flops=1e12,
    image_size=64,
    memory={"weights": 2**30},
)
PLAN = ExperimentPlan(
    spec=PairSpec(horizon_s=0.6),
    hardware=HardwareParams(gpus_per_node=4, memory_gib=2, tflops=100),
    stored_size=64,
    sizes=Sizes((ARM,), ()),
    labeled=None,
    stages={"laq": LAQ},
)


def said(plan: ExperimentPlan, **batches: int) -> list[str]:
    return list(misfits(plan, batches))


def with_laq(**changes: object) -> ExperimentPlan:
    return replace(PLAN, stages={"laq": replace(LAQ, **changes)})  # type: ignore[arg-type]


def with_arm(**changes: object) -> ExperimentPlan:
    return replace(PLAN, sizes=Sizes((replace(ARM, **changes),), ()))  # type: ignore[arg-type]


def test_what_fits_is_not_mentioned() -> None:
    assert said(PLAN, laq=64) == []


def cases() -> Iterator[tuple[ExperimentPlan, str]]:
    yield (
        with_laq(steps=5),
        "laq: 320 samples are 0.19 times its 1,700 pairs, most of which are never seen",
    )
    yield with_laq(steps=10_000), "which are learnt by heart"
    yield with_laq(batch=1800), "a batch of 1,800 is more than the 1,700 pairs"
    yield (
        with_laq(devices=8),
        "asks for 8 devices a node, which has 4: set laq.trainer.devices to 4 and nodes to 2",
    )
    yield (
        with_laq(memory={"weights": 3 * 2**30}),
        "needs 3 GiB per device before waste, which has 2 GiB",
    )
    yield with_laq(image_size=256), "laq: takes frames of 256 px, ingestion stores 64"
    yield with_arm(fps=0.5), "H of 0.6 s is 0.3 frames at 0.5 Hz"
    yield with_arm(fps=1.0), "at 1 Hz H becomes 1 s in place of 0.6 s"
    yield (
        with_arm(frames=500),
        "leaves 40% of its frames as pairs, for its episodes last 1 s on average",
    )
    yield with_arm(counted_short=3), "3 of 100 episodes are no longer than H and give no pair"
    yield with_arm(image_size=32), "its shards hold frames of 32 px, laq takes 64"
    large = replace(LAQ, stage="foundation", image_size=224)
    tuned = replace(
        PLAN, stages={"laq": LAQ, "finetune": replace(LAQ, stage="finetune", steps=1000)}
    )
    few = replace(ARM, episodes=10, frames=200)
    yield (
        replace(tuned, labeled=few),
        "finetune: 64,000 samples are 320 times its 200 frames of 10 labelled episodes, which are learnt by "
        "heart: fewer trainer.max_steps, or more labeled_episodes",
    )
    yield (
        replace(tuned, labeled=few, labels_asked=25),
        "labeled_episodes is 25 and arm has 10",
    )
    full = replace(LAQ, stage="finetune", memory={"weights": 3 * 2**30})
    yield replace(PLAN, stages={"laq": LAQ, "finetune": full}), "finetune.preset lora_7b"
    yield (
        replace(PLAN, stages={"laq": LAQ, "foundation": large}),
        "foundation: sees images of 224 px",
    )


@pytest.mark.parametrize(("plan", "sentence"), cases())
def test_what_does_not_fit_is_said(plan: ExperimentPlan, sentence: str) -> None:
    assert any(sentence in line for line in said(plan)), said(plan)


def test_another_batch_than_that_of_the_preset_is_said() -> None:
    assert "2 devices make a batch of 64, its preset trains on 512" in said(PLAN, laq=512)[0]


def test_hours_are_arithmetic_at_a_share_of_the_peak() -> None:
    # 6,400 samples of 1 TFLOP on 2 devices at a quarter of 100 TFLOP/s
    assert LAQ.hours(PLAN.hardware) == pytest.approx(6400 / (2 * 25) / 3600)
    assert LAQ.hours(HardwareParams()) is None
