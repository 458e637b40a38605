"""Sentences for what does not fit: data against steps, H against episodes, batches and memory against devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lapa.planning.data_size import DataSize
from lapa.planning.experiment import ExperimentPlan
from lapa.planning.needs import StageNeeds

FEW_EPOCHS, MANY_EPOCHS = 0.5, 100.0
"""Below, most pairs are never seen; above, a stage learns its pairs by heart."""
LOST_TO_HORIZON = 0.5
"""Share of a source's frames that may have no t+H."""
OFF_HORIZON = 0.25
"""How far whole frames may be from H, as a share of it."""
ENLARGED = 1.5
"""How much larger than the stored frames a network's input may be."""
GIB = 2**30
SMALLER = {
    "finetune": "finetune.shard over more devices, finetune.preset lora_7b, or a smaller trainer.batch_size"
}
"""What needs less memory, where it is not the preset of the size alone."""


def misfits(plan: ExperimentPlan, preset_batches: Mapping[str, int]) -> Iterator[str]:
    """Say what does not fit, and what to change.

    Args:
        plan: of the experiment.
        preset_batches: stage -> its batch as the presets of the sizes alone say it.
    """
    for size in plan.sizes.known:
        yield from horizon_misfits(size, plan.spec.horizon_s)
        yield from _frame_misfits(size, plan)
    yield from label_misfits(plan)
    for stage in plan.stages.values():
        yield from _epoch_misfits(stage, plan)
        yield from device_misfits(stage, plan, preset_batches)
        yield from _input_misfits(stage, plan)


def horizon_misfits(size: DataSize, horizon_s: float) -> Iterator[str]:
    """H against the rate and the length of a source's episodes."""
    if horizon_s * size.fps < 0.5:
        yield (
            f"{size.name}: H of {horizon_s:g} s is {horizon_s * size.fps:.2g} frames at {size.fps:g} Hz, expected "
            "at least half a one: raise horizon_s"
        )
    elif abs(size.horizon(horizon_s) / horizon_s - 1) > OFF_HORIZON:
        yield (
            f"{size.name}: at {size.fps:g} Hz H becomes {size.horizon(horizon_s):.2g} s in place of {horizon_s:g} s"
        )
    pairs = size.pairs(horizon_s)
    if pairs < (1 - LOST_TO_HORIZON) * size.frames:
        yield (
            f"{size.name}: H of {horizon_s:g} s leaves {pairs / size.frames:.0%} of its frames as pairs, for its "
            f"episodes last {size.seconds:.2g} s on average: lower horizon_s"
        )
    if size.counted_short:
        yield (
            f"{size.name}: {size.counted_short:,} of {size.episodes:,} episodes are no longer than H and give no pair"
        )


def epochs(stage: StageNeeds, plan: ExperimentPlan) -> float | None:
    """How often a stage sees what it learns from; None where that is not known."""
    seen, _ = _seen(stage, plan)
    return stage.samples / seen if seen else None


def _seen(stage: StageNeeds, plan: ExperimentPlan) -> tuple[int | None, str]:
    """How many samples there are, and their name."""
    if stage.stage != "finetune":
        return plan.pairs, "pairs"
    if plan.labeled is None:
        return None, "labelled frames"
    return plan.labeled.frames, f"frames of {plan.labeled.episodes:,} labelled episodes"


def label_misfits(plan: ExperimentPlan) -> Iterator[str]:
    """Labelled episodes that are asked for against those that the robot's set has."""
    labeled, asked = plan.labeled, plan.labels_asked
    if labeled is not None and asked is not None and asked > labeled.episodes:
        yield (
            f"finetune: labeled_episodes is {asked:,} and {labeled.name} has {labeled.episodes:,}: it learns "
            "from all of them"
        )


def _epoch_misfits(stage: StageNeeds, plan: ExperimentPlan) -> Iterator[str]:
    seen, name = _seen(stage, plan)
    if not seen or not stage.trained:
        return
    times = stage.samples / seen
    said = f"{stage.stage}: {stage.samples:,} samples are {_short(times)} times its {seen:,} {name}"
    data = "labeled_episodes" if stage.stage == "finetune" else "data"
    if times < FEW_EPOCHS:
        yield f"{said}, most of which are never seen: more trainer.max_steps, or less {data}"
    elif times > MANY_EPOCHS:
        yield f"{said}, which are learnt by heart: fewer trainer.max_steps, or more {data}"
    if stage.batch > seen:
        yield f"{stage.stage}: a batch of {stage.batch:,} is more than the {seen:,} {name} there are"


def _short(times: float) -> str:
    return f"{times:.2g}" if times < 10 else f"{times:,.0f}"


def device_misfits(
    stage: StageNeeds, plan: ExperimentPlan, preset_batches: Mapping[str, int]
) -> Iterator[str]:
    """Processes, batch and memory against the machine; of a backbone's memory `too_large` speaks."""
    hardware = plan.hardware
    if hardware.gpus_per_node and stage.devices > hardware.gpus_per_node:
        yield (
            f"{stage.stage}: asks for {stage.devices} devices a node, which has {hardware.gpus_per_node}: set "
            f"{stage.stage}.trainer.devices to {hardware.gpus_per_node} and nodes to "
            f"{-(-stage.processes // hardware.gpus_per_node)}"
        )
    intended = preset_batches.get(stage.stage, stage.batch)
    if stage.batch != intended:
        yield (
            f"{stage.stage}: {stage.processes} devices make a batch of {stage.batch:,}, its preset trains on "
            f"{intended:,}: take more devices, accumulate, or another learning rate"
        )
    advice = SMALLER.get(stage.stage, "a smaller batch_size, or a smaller preset")
    is_large = stage.total_memory > (hardware.memory_gib or float("inf")) * GIB
    if is_large and stage.stage != "foundation":
        yield (
            f"{stage.stage}: needs {stage.total_memory / GIB:.0f} GiB per device before waste, which has "
            f"{hardware.memory_gib:.0f} GiB: {advice}"
        )


def _frame_misfits(size: DataSize, plan: ExperimentPlan) -> Iterator[str]:
    laq = plan.stages["laq"]
    if size.image_size is not None and size.image_size != laq.image_size:
        yield (
            f"{size.name}: its shards hold frames of {size.image_size} px, laq takes {laq.image_size}: ingest "
            "again under another run, or set image_size"
        )


def _input_misfits(stage: StageNeeds, plan: ExperimentPlan) -> Iterator[str]:
    if stage.image_size is None:
        return
    if stage.stage == "laq" and stage.image_size != plan.stored_size:
        yield (
            f"laq: takes frames of {stage.image_size} px, ingestion stores {plan.stored_size}: set image_size in "
            "globals.yml for both"
        )
    if stage.stage == "foundation" and stage.image_size > ENLARGED * plan.stored_size:
        yield (
            f"foundation: sees images of {stage.image_size} px, which are enlarged from the stored "
            f"{plan.stored_size}: a laq preset with larger frames"
        )
