"""The last page refuses to mix generations, whichever link of the chain is an older one."""

from __future__ import annotations

from typing import Any

import pytest

from lapa.params.arms import DEFAULT
from lapa.pipelines.evaluation.generations import require_one_generation
from lapa.records import Checkpoint, EvaluationReport, FrameCodec, PairSpec, ShardSet

NAMES = list(DEFAULT)


def checkpoint(path: str, kind: Any, digest: str, **inputs: str) -> Checkpoint:
    spec = PairSpec(horizon_s=0.1)
    facts = {"kind": kind, "step": 1, "pair_spec": spec, "code_version": "0"}
    return Checkpoint(path=path, digest=digest, inputs=inputs, **facts)


ROBOT = ShardSet(
    path="robot",
    codec=FrameCodec(image_size=64),
    max_horizon_s=0.1,
    datasets={},
    splits={},
    digest="s",
)


def generation() -> dict[str, Any]:
    """Everything on the page, each made from the one before."""
    laqs = {"lapa": {"laq": "q"}, "random_laq": {"laq": "r"}, "scratch": {}}
    inputs = {arm: {"shards": "s", "policy": f"p-{arm}", "foundation": f"f-{arm}"} for arm in NAMES}
    return {
        "shards": ROBOT,
        "laq": EvaluationReport(
            path="laq", metrics={}, inputs={"shards": "m", "laq": "q", "random_laq": "r"}
        ),
        "reports": {
            arm: EvaluationReport(path=f"{arm}/r", metrics={}, inputs=inputs[arm]) for arm in NAMES
        },
        "policies": {
            arm: checkpoint(f"{arm}/p", "policy", f"p-{arm}", foundation=f"f-{arm}")
            for arm in NAMES
        },
        "foundations": {
            arm: checkpoint(f"{arm}/f", "foundation", f"f-{arm}", **laqs[arm]) for arm in NAMES
        },
    }


def test_one_generation_is_accepted() -> None:
    require_one_generation(**generation())


def older(record: Any, **changes: Any) -> Any:
    return record.model_copy(update=changes)


OLDER = {
    "quantiser was measured anew": (
        lambda g: g | {"laq": older(g["laq"], inputs={**g["laq"].inputs, "laq": "new"})},
        "quantiser behind backbone lapa/f: found 'q', expected 'new'",
    ),
    "control was made anew": (
        lambda g: g | {"laq": older(g["laq"], inputs={**g["laq"].inputs, "random_laq": "new"})},
        "quantiser behind backbone random_laq/f: found 'r', expected 'new'",
    ),
    "shards were made anew": (
        lambda g: g | {"shards": older(ROBOT, digest="new")},
        "shards behind report lapa/r: found 's', expected 'new'",
    ),
    "backbone was trained anew": (
        lambda g: (
            g
            | {
                "foundations": g["foundations"]
                | {"scratch": older(g["foundations"]["scratch"], digest="new")}
            }
        ),
        "backbone that policy scratch/p started from: found 'f-scratch', expected 'new'",
    ),
    "policy was trained anew": (
        lambda g: (
            g | {"policies": g["policies"] | {"lapa": older(g["policies"]["lapa"], digest="new")}}
        ),
        "policy behind report lapa/r: found 'p-lapa', expected 'new'",
    ),
    "report of an older version": (
        lambda g: g | {"reports": g["reports"] | {"lapa": older(g["reports"]["lapa"], inputs={})}},
        "shards behind report lapa/r: found None",
    ),
}


@pytest.mark.parametrize("case", OLDER)
def test_an_older_link_is_refused_with_both_digests(case: str) -> None:
    change, reason = OLDER[case]
    with pytest.raises(ValueError, match=reason):
        require_one_generation(**change(generation()))


def with_arm_from_outside(**learnt: str) -> dict[str, Any]:
    """A generation with one more arm, whose name no list knows."""
    whole = generation()
    inputs = {"shards": "s", "policy": "p-mine", "foundation": "f-mine"}
    whole["reports"]["mine"] = EvaluationReport(path="mine/r", metrics={}, inputs=inputs)
    whole["policies"]["mine"] = checkpoint("mine/p", "policy", "p-mine", foundation="f-mine")
    whole["foundations"]["mine"] = checkpoint("mine/f", "foundation", "f-mine", **learnt)
    return whole


@pytest.mark.parametrize("learnt", [{}, {"laq": "q"}, {"laq": "r"}])
def test_an_arm_from_outside_may_have_learnt_from_either_quantizer_or_none(
    learnt: dict[str, str],
) -> None:
    require_one_generation(**with_arm_from_outside(**learnt))


def test_an_arm_from_outside_with_codes_of_an_older_quantizer_is_refused() -> None:
    with pytest.raises(ValueError, match="backbone mine/f: found 'older', expected 'q'"):
        require_one_generation(**with_arm_from_outside(laq="older"))
