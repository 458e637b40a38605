"""Latency: the median of the timed calls, and a number that no digest counts."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import torch

from lapa.evaluation.finding import FILE, find, read_findings
from lapa.evaluation.policies.evaluate import evaluate_policy
from lapa.evaluation.policies.latency import CALLS, WARM_UP, latency_ms
from lapa.models.policy.storage import load_policy
from lapa.records import CLOCKED_FINDINGS
from toys.world import World


def test_the_median_leaves_out_the_warm_up(world: World) -> None:
    """A clock on which the warm-up takes seconds, and then one call after the other a millisecond more."""
    policy = load_policy(Path(world.policies["lapa"].path))
    slow = [10.0] * WARM_UP
    lasting = [*slow, *(0.001 * (1 + number) for number in range(CALLS))]
    moments = itertools.accumulate(itertools.chain.from_iterable((0.0, last) for last in lasting))
    measured = latency_ms(policy, device=torch.device("cpu"), clock=lambda: next(moments))
    assert abs(measured - (CALLS + 1) / 2) < 1e-6


def test_two_measurements_of_a_policy_have_one_digest(world: World, tmp_path: Path) -> None:
    policy = world.policies["lapa"]
    offline = world.params.model_copy(update={"rollout": None})
    report = evaluate_policy(policy=policy, shards=world.shards, params=offline, out=tmp_path)
    (measured,) = [m for m in report.metrics["policy"] if m.name == "latency_ms"]
    finding = find(read_findings(report), "latency")
    assert finding is not None
    assert finding.metrics["policy"] == (measured,)
    assert "latency" not in {f["analysis"] for f in json.loads((tmp_path / FILE).read_text())}
    slower = measured.model_copy(update={"value": measured.value + 1})
    replaced = [slower if m.name == "latency_ms" else m for m in report.metrics["policy"]]
    again = report.model_copy(update={"metrics": report.metrics | {"policy": tuple(replaced)}})
    digest = report.content_digest()
    (tmp_path / CLOCKED_FINDINGS).write_text("[]")
    assert again.content_digest() == digest
    (tmp_path / FILE).write_text("[]")
    assert again.content_digest() != digest
