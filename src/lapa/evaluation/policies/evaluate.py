"""Evaluate one policy: every analysis of policies, closed loop and open loop."""

from __future__ import annotations

import shutil
from pathlib import Path

from lapa.distributed.device import device_for
from lapa.evaluation.analyses import Analyses
from lapa.evaluation.finding import metrics_by_subject, write_findings
from lapa.evaluation.measured_model import write_measured_model
from lapa.evaluation.policies.evidence import ARM, PolicyEvidence
from lapa.evaluation.registry import run_sections
from lapa.models.policy.storage import load_policy
from lapa.params.evaluation import EvaluationParams
from lapa.records import Checkpoint, EvaluationReport, ShardSet, require_same


def evaluate_policy(
    *, policy: Checkpoint, shards: ShardSet, params: EvaluationParams, out: Path
) -> EvaluationReport:
    """Measure one arm.

    Args:
        policy: what finetuning saved.
        shards: the clips it was finetuned on, for their held-out split.
        params: scenes, tasks, split, further analyses.
        out: folder to fill: plots, ``findings.json``, ``checkpoint.json``, ``outcomes.json``,
            ``action_errors.json``, ``clips/``.

    Returns:
        Metrics of the arm ``policy``: ``success/<task>``, ``success/<task>/<variant>`` and ``action/<error>``; what
        could not be measured is listed with its reason.

    Raises:
        ValueError: the policy was finetuned on other shards, or is no policy.
        RuntimeError: ``params.accelerator`` asks for a GPU and there is none.
    """
    device = device_for(params.accelerator)
    net = load_policy(policy_folder(policy)).to(device)
    require_same(
        f"shards behind the action statistics of {policy.path}",
        net.stats.shard_digest,
        shards.digest,
        remedy="evaluate on the shards it was finetuned on, or finetune again",
    )
    out.mkdir(parents=True, exist_ok=True)
    analyses = Analyses(on_error=params.on_error)
    findings = run_sections(
        PolicyEvidence(
            params=params,
            out=out,
            analyses=analyses,
            policy=net,
            device=device,
            checkpoint=policy,
            shards=shards,
        ),
    )
    write_findings(findings, out)
    write_measured_model(policy, out)
    _keep_curves(policy, out)
    return EvaluationReport(
        path=str(out),
        metrics=metrics_by_subject(findings, (ARM,)),
        plots=tuple(file for finding in findings for file in finding.plots),
        clips=tuple(file for finding in findings for file in finding.clips),
        not_measured=analyses.not_measured,
    )


def policy_folder(checkpoint: Checkpoint) -> Path:
    """Folder of a policy checkpoint.

    Raises:
        ValueError: the checkpoint is of another kind.
    """
    if checkpoint.kind != "policy":
        raise ValueError(
            f"checkpoint {checkpoint.path} is of kind {checkpoint.kind!r}, expected 'policy'"
        )
    return Path(checkpoint.path)


def _keep_curves(policy: Checkpoint, out: Path) -> None:
    """Copy the training's curves, for the page that compares arms."""
    curves = Path(policy.path) / "metrics.jsonl"
    if curves.is_file():
        shutil.copyfile(curves, out / curves.name)
