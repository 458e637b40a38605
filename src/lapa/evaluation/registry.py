"""The analyses there are: one table in the order of the page; more by import path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lapa.evaluation.finding import Finding
from lapa.evaluation.section import Evidence, Section
from lapa.params.kinds import import_named

BUILT_IN = (
    "lapa.evaluation.sections.success_by_arm:SuccessByArm",
    "lapa.evaluation.sections.error_by_arm:ErrorByArm",
    "lapa.evaluation.sections.arms_beside_baselines:ArmsBesideBaselines",
    "lapa.evaluation.sections.action_error:ActionErrors",
    "lapa.evaluation.sections.latency:Latency",
    "lapa.evaluation.sections.reconstruction:Reconstruction",
    "lapa.evaluation.sections.latent_use:LatentUse",
    "lapa.evaluation.sections.code_usage:UseOfCodes",
    "lapa.evaluation.sections.code_strips:PairsByCode",
    "lapa.evaluation.sections.sequence_ranks:SequenceHistogram",
    "lapa.evaluation.sections.embedding:Embeddings",
    "lapa.evaluation.sections.quantizer_training:QuantizerTraining",
    "lapa.evaluation.sections.by_dataset:ByDataset",
    "lapa.evaluation.sections.probes:Probes",
    "lapa.evaluation.sections.associations:Associations",
    "lapa.evaluation.sections.top_sequences:TopSequences",
    "lapa.evaluation.sections.state_space:CodesInStateSpace",
    "lapa.evaluation.sections.compass:Compass",
    "lapa.evaluation.sections.flow_probe:FlowProbe",
    "lapa.evaluation.sections.codes_and_flow:CodesAndFlow",
    "lapa.evaluation.sections.flow_compass:FlowCompass",
    "lapa.evaluation.sections.consistency:Consistency",
    "lapa.evaluation.sections.code_entropy:CodeEntropy",
    "lapa.evaluation.sections.nuisance:Nuisance",
    "lapa.evaluation.sections.instructions:Instructions",
    "lapa.evaluation.sections.distractors:Distractors",
    "lapa.evaluation.sections.latent_transfer:LatentTransfer",
    "lapa.evaluation.sections.motion_kept:MotionKept",
    "lapa.evaluation.sections.motion_readout:MotionReadout",
    "lapa.evaluation.sections.code_order:CodeOrder",
    "lapa.evaluation.sections.code_algebra:CodeAlgebra",
    "lapa.evaluation.sections.backbone_accuracy:BackboneAccuracy",
    "lapa.evaluation.sections.arm_training:ArmTraining",
    "lapa.evaluation.sections.closed_loop:ClosedLoop",
)
"""``module:Class`` of every built-in analysis; add a line to add one."""


def section_classes(extra: Sequence[str]) -> list[type[Section[Any]]]:
    """The built-in analyses and those of ``extra``, in the order of the page.

    Args:
        extra: ``package.module:Class`` of analyses from outside.

    Raises:
        ValueError: a path leads nowhere, or not to an analysis.
    """
    classes = []
    for path in (*BUILT_IN, *extra):
        member = import_named(path)
        if not (isinstance(member, type) and issubclass(member, Section)):
            raise ValueError(
                f"analysis {path!r} is {member!r}, expected a subclass of "
                f"{Section.__module__}.{Section.__qualname__}"
            )
        classes.append(member)
    return classes


def run_sections(evidence: Evidence) -> tuple[Finding, ...]:
    """Run every analysis that looks at this kind of evidence.

    Raises:
        ValueError: an extra analysis cannot be imported, or is none.
    """
    classes = section_classes(evidence.params.analyses)
    members = [member() for member in classes if isinstance(evidence, member.looks_at)]
    findings = (member.run(evidence) for member in members)
    return tuple(finding for finding in findings if finding is not None)


def page_order(extra: Sequence[str]) -> dict[str, int]:
    """Place of every analysis on the page, by its name."""
    return {member.name: place for place, member in enumerate(section_classes(extra))}
