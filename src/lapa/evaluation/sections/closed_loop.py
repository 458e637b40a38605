"""A policy in the simulator: how often it succeeds, and what it did."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.blocks import Block, Video, Videos, folded
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.filmstrips import Strip, plot_filmstrips
from lapa.evaluation.policies.evidence import ARM, NO_SIMULATOR, PolicyEvidence, PolicySection
from lapa.evaluation.policies.outcomes import TaskOutcomes, write_outcomes
from lapa.evaluation.policies.progress_bar import progress_bar
from lapa.evaluation.policies.rollout import RolloutResult, rollout, save_clips
from lapa.evaluation.section import Need
from lapa.evaluation.statistics.intervals import success_rate
from lapa.params.evaluation import RolloutParams


class ClosedLoop(PolicySection):
    """Success on every task over the same fresh scenes, and the first episodes as videos."""

    name = "closed-loop success"
    title = "Episodes"
    lead = "The first scenes, not the best ones. A click stops a video."
    needs = (Need.SIMULATOR,)

    def measure(self, evidence: PolicyEvidence) -> Finding:
        """Roll out every task; what happened in each scene stays in ``outcomes.json``."""
        params = evidence.params.rollout
        if params is None:
            raise CannotMeasureError(NO_SIMULATOR)
        results = _roll_out(evidence, params)
        write_outcomes({result.task: _outcomes(result) for result in results}, evidence.out)
        return Finding(
            metrics={
                ARM: tuple(success_rate(f"success/{r.task}", r.successes) for r in results),
            },
            blocks=(*_videos(results, evidence.out), *_film_strips(results, evidence)),
        )


def _roll_out(evidence: PolicyEvidence, params: RolloutParams) -> list[RolloutResult]:
    """Try every task on the same seeds, seeing images as the shards hold them."""
    policy = evidence.policy
    simulator = params.simulator.model_copy(update={"max_steps": params.max_steps})
    with progress_bar("closed loop", len(params.tasks) * params.num_scenes) as on_over:
        return [
            rollout(
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
            )
            for task in params.tasks
        ]


def _outcomes(result: RolloutResult) -> TaskOutcomes:
    return TaskOutcomes(
        seeds=result.seeds,
        successes=tuple(result.successes.tolist()),
        steps=tuple(result.steps.tolist()),
        instructions=result.instructions,
    )


def _videos(results: Sequence[RolloutResult], out: Path) -> tuple[Block, ...]:
    files = [file for result in results for file in save_clips(result, out / "clips")]
    videos = [
        Video(file=str(file.relative_to(out)), caption=file.stem.replace("_", " "))
        for file in files
    ]
    return (Videos(videos=tuple(videos)),) if videos else ()


def _film_strips(results: Sequence[RolloutResult], evidence: PolicyEvidence) -> tuple[Block, ...]:
    strips = [strip for result in results for strip in _strips(result)]
    if not strips:
        return ()
    heading = f"Closed loop, first {len(strips)} scenes (not chosen)"
    draw = partial(plot_filmstrips, strips, heading)
    plot = evidence.plot("rollouts", draw, "The same scenes frame by frame.")
    return folded("Film strips", plot)


def _strips(result: RolloutResult) -> list[Strip]:
    strips = []
    for seed, frames in result.clips.items():
        index = result.seeds.index(seed)
        strips.append(
            Strip(
                frames=frames,
                title=f"{result.instructions[index]} (scene {seed})",
                success=bool(result.successes[index]),
            )
        )
    return strips
