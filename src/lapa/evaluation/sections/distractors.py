"""Whether codes follow what no action causes: drifting light, a shaking camera, wandering colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from lapa.envs.tabletop.env import CONTROL_HZ
from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.blocks import Table, folded, rows
from lapa.evaluation.codes.distracted_scenes import (
    KINDS,
    Nuisance,
    ScenePairs,
    nuisances,
    play_scenes,
)
from lapa.evaluation.codes.distraction import (
    Distraction,
    Latents,
    measure_distraction,
    probe_losses,
)
from lapa.evaluation.codes.distraction_scores import distraction_metrics, distraction_scores
from lapa.evaluation.codes.evidence import QUANTIZERS, TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.scene_latents import SceneLatents, encode_frames
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number, percent
from lapa.evaluation.plots.distraction import plot_distraction
from lapa.evaluation.section import NO_SIMULATOR, Need
from lapa.evaluation.statistics.episode_bootstrap import Interval
from lapa.params.envs import TabletopParams
from lapa.records import Metric

LEAD = (
    "The same scenes and actions are drawn clean and with nuisances that no action causes. Codes of motion stay as they "
    "are; codes that flip as often as between two different pairs (relative flips near 1) name the nuisance."
)
CAPTION = (
    "Share of codes that change when the same moment is drawn with a nuisance, and R² of a linear probe that was fitted "
    "on clean pairs; 95 % intervals over scenes. Grey: what camera noise, or leaving out JPEG, changes by itself."
)


class Distractors(CodesSection):
    """Code flips and probe drop under graded nuisances, beside the untrained quantiser and mere noise."""

    name = "distractors"
    title = "Distractors"
    lead = LEAD
    needs = (Need.SIMULATOR,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Draw, encode, compare.

        Raises:
            CannotMeasureError: the simulator cannot draw nuisances.
        """
        latents, scenes = _encoded(evidence)
        measured = {arm: _measured(evidence, arm, of, scenes) for arm, of in latents.items()}
        named = {QUANTIZERS[arm]: of_arm for arm, of_arm in measured.items()}
        pairs, count = len(scenes.scene), len(set(scenes.scene.tolist()))
        heading = f"{pairs} pairs of {count} fresh scenes, drawn clean and with nuisances"
        table = folded("Every nuisance and strength", rows(_table(named)))
        draw = partial(plot_distraction, named, heading)
        return Finding(
            metrics={arm: distraction_metrics(of_arm, n=count) for arm, of_arm in measured.items()},
            blocks=(*evidence.plot("distractors", draw, CAPTION), *table),
            scores=distraction_scores(measured, n=count),
        )


def _encoded(evidence: CodesEvidence) -> tuple[Mapping[str, Latents], ScenePairs]:
    """Latents by quantiser and nuisance; one nuisance after the other, so that few frames are in memory."""
    params, models = evidence.params, evidence.models
    if params.rollout is None:
        raise CannotMeasureError(NO_SIMULATOR)
    simulator = params.rollout.simulator
    if not isinstance(simulator, TabletopParams):
        raise CannotMeasureError(
            f"simulator {simulator.kind!r} cannot draw {', '.join(KINDS)}; expected 'tabletop'"
        )
    offset = evidence.checkpoint.pair_spec.frame_offset(CONTROL_HZ)
    latents: dict[str, dict[Nuisance, SceneLatents]] = {arm: {} for arm in models}
    for nuisance in nuisances(params.distraction.strengths):
        pairs = play_scenes(
            nuisance,
            simulator=simulator,
            tasks=params.rollout.tasks,
            params=params.distraction,
            codec=evidence.shards.codec,
            offset=offset,
        )
        for arm, model in models.items():
            latents[arm][nuisance] = encode_frames(
                model, pairs.frames, batch_size=params.batch_size
            )
    return latents, pairs


def _measured(
    evidence: CodesEvidence, arm: str, latents: Latents, scenes: ScenePairs
) -> list[Distraction]:
    moving, probe = evidence.with_actions, evidence.params.probe
    samples = None if moving is None else moving.trained if arm == TRAINED else moving.untrained
    losses = {}
    if moving is not None and samples is not None:
        fitted = samples.pre_quantized if samples.codes is None else samples.one_hot
        losses = probe_losses(fitted, moving.actions, latents, scenes.actions, probe)
    return measure_distraction(
        latents, scenes.scene, losses, resamples=probe.resamples, seed=evidence.params.seed
    )


def _table(measured: Mapping[str, Sequence[Distraction]]) -> Table:
    head = ("quantiser", "nuisance", "strength", "flips, %", "relative flips", "R²", "drop of R²")
    return Table(
        head=head,
        rows=tuple(
            (
                arm,
                one.nuisance.kind.replace("_", " "),
                f"{one.nuisance.strength:g}" if one.nuisance.kind in KINDS else "",
                percent(_metric(one.flips)),
                *(number(_metric(i), 2) for i in (one.relative_flips, one.r2, one.drop)),
            )
            for arm, of_arm in measured.items()
            for one in of_arm
        ),
    )


def _metric(interval: Interval | None) -> Metric | None:
    return None if interval is None else interval.metric("shown", n=0)
