"""The result of a cell, read from the artefacts of its run and of those it descends from."""

from __future__ import annotations

from lapa.evaluation.policies.decoded_metrics import PREFIX, decoded_metrics
from lapa.evaluation.policies.failures import failures
from lapa.evaluation.policies.outcomes import TaskOutcomes, read_outcomes
from lapa.records import CellOutcomes, CellResult, Checkpoint, EvaluationReport
from lapa.studies.orders import CellOrder

SUBJECT = "policy"
"""Of an arm's report."""
OF_QUANTIZER = ("psnr_gain_over_copy", "code_dependence", "perplexity", "probe/linear/codes/")
OF_BACKBONE = ("top1", "top1_majority", "top1_swapped_language", "top1_blank_language")
"""Figures that may say beforehand how a policy will do; names that end in a slash are those of a group."""


def collect(order: CellOrder, *, seconds: float, code: str) -> CellResult:
    """Read everything that a study keeps of a cell.

    Args:
        order: the run, which is done.
        seconds: wall time of the run, all its pieces.
        code: version of the code (`lapa.hooks.description.code_version`).
    """
    catalog = order.catalog  # what it took from other runs is in it, too
    report: EvaluationReport = catalog.load(f"{order.arm}.policy_report")
    policy: Checkpoint = catalog.load(f"{order.arm}.policy_checkpoint")
    backbone: Checkpoint = catalog.load(f"{order.arm}.foundation_checkpoint")
    codes: EvaluationReport | None = None
    if order.upstream is not None:
        codes = order.upstream.catalog.load(*order.upstream.outputs)
    return CellResult(
        study=order.study,
        key=order.key,
        asked=order.asked,
        runs=dict(order.runs),
        digests=digests_of(policy, backbone),
        outcomes={name: outcomes_of(tried) for name, tried in read_outcomes(report).items()},
        metrics={metric.name: metric.value for metric in report.metrics.get(SUBJECT, ())},
        upstream={**quantizer_figures(order.quantizer, codes), **backbone_figures(backbone)},
        seconds=round(seconds, 1),
        commit=code,
    )


def digests_of(policy: Checkpoint, backbone: Checkpoint) -> dict[str, str]:
    """Artefact -> digest: the policy, and what it and its backbone were trained on."""
    watched = {f"watched_{n}" if n == "shards" else n: d for n, d in backbone.inputs.items()}
    return {**watched, **policy.inputs, "policy": policy.digest}


def outcomes_of(tried: TaskOutcomes) -> CellOutcomes:
    """What happened, scene by scene.

    Raises:
        ValueError: the scenes do not follow one another.
    """
    first = tried.seeds[0]
    if tried.seeds != tuple(range(first, first + len(tried.seeds))):
        raise ValueError(
            f"seeds of the scenes are {tried.seeds[:5]}…, expected each to follow the one before: results "
            "of cells are compared scene by scene, from the first seed on"
        )
    return CellOutcomes(
        first_seed=first,
        successes="".join("1" if success else "0" for success in tried.successes),
        ends=dict(sorted(failures(tried).items())),
    )


def quantizer_figures(quantizer: str, report: EvaluationReport | None) -> dict[str, float]:
    """What was measured about a quantiser, as ``laq/FIGURE``; empty without a report."""
    if report is None:
        return {}
    measured = report.metrics.get(quantizer, ())
    wanted = {metric.name: metric.value for metric in measured if _is_wanted(metric.name)}
    return {f"laq/{name}": value for name, value in wanted.items()}


def backbone_figures(backbone: Checkpoint) -> dict[str, float]:
    """What was measured about a backbone while it was pretrained, as ``foundation/FIGURE``."""
    metrics = decoded_metrics(backbone.metrics)
    return {
        f"foundation/{name}": metrics[PREFIX + name]
        for name in OF_BACKBONE
        if PREFIX + name in metrics
    }


def _is_wanted(name: str) -> bool:
    return any(name.startswith(w) if w.endswith("/") else name == w for w in OF_QUANTIZER)
