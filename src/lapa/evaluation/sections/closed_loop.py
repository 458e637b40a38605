"""A policy in the simulator: how often it succeeds, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch

from lapa.envs.workers import SimulatorWorkers
from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.blocks import Block, Video, Videos, folded
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.filmstrips import Strip, plot_filmstrips
from lapa.evaluation.policies.evidence import ARM, PolicyEvidence, PolicySection
from lapa.evaluation.policies.outcomes import TaskOutcomes, write_outcomes
from lapa.evaluation.policies.progress_bar import progress_bar
from lapa.evaluation.policies.rollout import RolloutResult, rollout, save_clips
from lapa.evaluation.section import NO_SIMULATOR, Need
from lapa.evaluation.statistics.intervals import success_rate
from lapa.params.evaluation import RolloutParams

Results = Mapping[str, RolloutResult]
"""By criterion: a task, or ``TASK/VARIANT``."""


class ClosedLoop(PolicySection):
    """Success on every task, in all variants of the same fresh scenes, and the first episodes as videos."""

    name = "closed-loop success"
    title = "Episodes"
    lead = "The first scenes, not the best ones. A click stops a video."
    needs = (Need.SIMULATOR,)

    def measure(self, evidence: PolicyEvidence) -> Finding:
        """Roll out every task in every variant; what happened in each scene stays in ``outcomes.json``."""
        params = evidence.params.rollout
        if params is None:
            raise CannotMeasureError(NO_SIMULATOR)
        results = _roll_out(evidence, params)
        write_outcomes({name: _outcomes(result) for name, result in results.items()}, evidence.out)
        return Finding(
            metrics={
                ARM: tuple(
                    success_rate(f"success/{name}", r.successes) for name, r in results.items()
                ),
            },
            blocks=(*_videos(results, evidence.out), *_film_strips(results, evidence)),
        )


def _roll_out(evidence: PolicyEvidence, params: RolloutParams) -> dict[str, RolloutResult]:
    """Try everything on the same seeds, seeing images as the shards hold them."""
    policy, trials = evidence.policy, list(params.trials())
    count = params.workers_for(torch.get_num_threads())
    progress = progress_bar("closed loop", len(trials) * params.num_scenes)
    with SimulatorWorkers(count) as workers, progress as on_over:
        return {
            criterion: rollout(
                policy,
                simulator=simulator,
                task=task,
                seeds=range(params.first_seed, params.first_seed + params.num_scenes),
                codec=evidence.shards.codec,
                execute=params.execute,
                with_states=policy.state_input is not None,
                keep_clips=params.num_videos,
                batch_size=params.batch_size,
                device=evidence.device,
                on_over=on_over,
                workers=workers,
            )
            for criterion, task, simulator in trials
        }


def _outcomes(result: RolloutResult) -> TaskOutcomes:
    return TaskOutcomes(
        seeds=result.seeds,
        successes=tuple(result.successes.tolist()),
        steps=tuple(result.steps.tolist()),
        instructions=result.instructions,
        ends=result.ends,
    )


def _videos(results: Results, out: Path) -> tuple[Block, ...]:
    files = [
        file
        for criterion, result in results.items()
        for file in save_clips(result, out / "clips", name=criterion.replace("/", "_"))
    ]
    videos = [
        Video(file=str(file.relative_to(out)), caption=file.stem.replace("_", " "))
        for file in files
    ]
    return (Videos(videos=tuple(videos)),) if videos else ()


def _film_strips(results: Results, evidence: PolicyEvidence) -> tuple[Block, ...]:
    strips = [strip for name, result in results.items() for strip in _strips(name, result)]
    if not strips:
        return ()
    heading = f"Closed loop, first {len(strips)} scenes (not chosen)"
    draw = partial(plot_filmstrips, strips, heading)
    plot = evidence.plot("rollouts", draw, "The same scenes frame by frame.")
    return folded("Film strips", plot)


def _strips(criterion: str, result: RolloutResult) -> list[Strip]:
    variant = criterion.partition("/")[2].replace("_", " ")
    where = f"{variant}, scene" if variant else "scene"
    strips = []
    for seed, frames in result.clips.items():
        index = result.seeds.index(seed)
        strips.append(
            Strip(
                frames=frames,
                title=f"{result.instructions[index]} ({where} {seed}): {result.ends[index]}",
                success=bool(result.successes[index]),
            )
        )
    return strips
