"""What stands on one page must descend from each other: nothing of an older generation, no other arm's."""

from __future__ import annotations

from collections.abc import Mapping

from lapa.params.arms import KNOWN
from lapa.records import Checkpoint, EvaluationReport, ShardSet, require_same

_QUANTIZERS = {arm.name: arm.quantizer for arm in KNOWN if arm.quantizer is not None}
_MEASURED = ("laq", "random_laq")


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
        _require_measured_quantizer(arm, foundations[arm], laq)


def _require_measured_quantizer(arm: str, foundation: Checkpoint, laq: EvaluationReport) -> None:
    """Refuse a backbone whose codes are of another quantiser than those that were measured.

    Which of the two an arm of `KNOWN` learnt from is known by its name; one from outside may have learnt from
    either, or from actions.
    """
    remedy = f"{laq.path} measured another one: label and train this arm again, or evaluate the quantiser again"
    subject, learnt = f"quantiser behind backbone {foundation.path}", foundation.inputs.get("laq")
    if (known := _QUANTIZERS.get(arm)) is not None:
        expected = laq.inputs.get(known.removesuffix("_checkpoint"))
        require_same(subject, learnt, expected, remedy=remedy)
    elif learnt is not None and learnt not in (laq.inputs.get(name) for name in _MEASURED):
        require_same(subject, learnt, laq.inputs.get("laq"), remedy=remedy)


def _require(report: EvaluationReport, name: str, digest: str | None, subject: str) -> None:
    require_same(
        f"{name} behind report {report.path}",
        report.inputs.get(name),
        digest,
        remedy=f"the report is not about {subject}: delete {report.path} and evaluate again",
    )
