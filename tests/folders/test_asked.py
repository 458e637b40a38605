"""What a stage was asked for decides where it works and what is stale, and nothing else does."""

from __future__ import annotations

import pytest

from lapa.folders.asked import NOT_DECIDING, asked_of, differences, fact_of
from lapa.params.base import CheckpointParams, Params, TrainerParams
from lapa.params.sections import SECTIONS
from lapa.records import PairSpec, RawEpisodes


def raw(digest: str) -> RawEpisodes:
    return RawEpisodes(path="/here", episodes=1, frames=1, successes=1, digest=digest)


def test_artefacts_count_by_digest_and_parameters_by_value() -> None:
    spec = PairSpec(horizon_s=0.1)
    facts = asked_of({"raw": raw("d"), "pairs": spec, "plain": 3, "labels": None})
    assert facts == {"raw": "d", "pairs": spec.model_dump(), "plain": 3, "labels": None}


def test_what_cannot_change_a_result_is_left_out_at_any_depth() -> None:
    one = TrainerParams(max_steps=2, batch_size=2)
    numbers = NOT_DECIDING & set(TrainerParams.model_fields) - {"checkpoints"}
    checkpoints = CheckpointParams(keep=5)
    other = one.model_copy(update={**dict.fromkeys(numbers, 5), "checkpoints": checkpoints})
    assert one != other
    assert fact_of(one) == fact_of(other)
    assert fact_of([{"x": {"workers": 1, "y": 2}}]) == [{"x": {"y": 2}}]


def fields(model: type[Params]) -> set[str]:
    found = set(model.model_fields)
    for field in model.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Params):
            found |= fields(field.annotation)
    return found


def test_every_name_that_does_not_decide_exists() -> None:
    assert set().union(*map(fields, SECTIONS.values())) >= NOT_DECIDING


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["laq.a.b was 1, is 2"]),
        ({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3]}, ["laq.b was [1, 2], is [1, 3]"]),
        ({"a": {"kind": "x"}}, {"a": None}, ["laq.a was {'kind': 'x'}, is None"]),
        ({"old": 1, "a": 1}, {"new": 1, "a": 1.0}, []),
        ("a" * 64, "b" * 64, ["laq was aaaaaaaaaaaa, is bbbbbbbbbbbb"]),
    ],
)
def test_differences_name_the_parameter_and_both_values(
    before: object, now: object, said: list[str]
) -> None:
    assert [str(found) for found in differences(before, now, "laq")] == said


def test_how_something_remote_comes_was_not_asked_for() -> None:
    asked = asked_of({"dataset": 1, "remote": {"retries": 9}, "cache": "/a", "remote_cache": "/b"})
    assert asked == {"dataset": 1}
