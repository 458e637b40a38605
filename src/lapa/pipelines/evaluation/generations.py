"""What stands on one page must descend from each other: nothing of an older generation, no other arm's."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.params.arms import KNOWN
from lapa.records import Checkpoint, EvaluationReport, ShardSet, require_same


def require_backbone(policy: Checkpoint, foundation: Checkpoint) -> None:
    """Refuse a policy that did not start from this backbone: another arm's, or an older one's.

    Raises:
        ValueError: naming both checkpoints and both digests.
    """
    require_same(
        f"backbone that policy {policy.path} started from",
        policy.inputs.get("foundation"),
        foundation.digest,
        remedy=f"it does not descend from {foundation.path}: finetune this arm again",
    )


def require_one_generation(
    shards: ShardSet,
    laq: EvaluationReport,
    reports: Mapping[str, EvaluationReport],
    policies: Mapping[str, Checkpoint],
    foundations: Mapping[str, Checkpoint],
) -> None:
    """Refuse to put measurements of different generations on one page.

    Args:
        shards: the robot's clips as they are now.
        laq: what was measured about the codes.
        reports: what was measured about the policies, by arm.
        policies: the arms' policies as they are now.
        foundations: the arms' backbones as they are now.

    Raises:
        ValueError: a report is of another policy, a policy of another backbone, a backbone of another
            quantiser than the one measured, or the shards differ; both digests are shown.
    """
    for arm, report in reports.items():
        _require(report, "shards", shards.digest, shards.path)
        _require(report, "policy", policies[arm].digest, policies[arm].path)
        require_backbone(policies[arm], foundations[arm])
    measured = {arm.name: arm.quantizer for arm in KNOWN if arm.quantizer is not None}
    for arm in (name for name in reports if name in measured):
        require_same(
            f"quantiser behind backbone {foundations[arm].path}",
            foundations[arm].inputs.get("laq"),
            laq.inputs.get(measured[arm].removesuffix("_checkpoint")),
            remedy=f"{laq.path} measured another one: label and train this arm again, or evaluate the "
            "quantiser again",
        )


def _require(report: EvaluationReport, name: str, digest: str | None, subject: str) -> None:
    require_same(
        f"{name} behind report {report.path}",
        report.inputs.get(name),
        digest,
        remedy=f"the report is not about {subject}: delete {report.path} and evaluate again",
    )
