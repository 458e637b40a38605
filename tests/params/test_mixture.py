"""A mixture can be narrowed, and what is published of a dataset decides nothing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lapa.folders.asked import fact_of
from lapa.params.experiment import Experiment
from lapa.params.mixture import DatasetParams, MixtureParams

SOURCES = [{"dataset": "arm", "weight": 2.0}, {"dataset": "hand"}, {"dataset": "eye"}]
PUBLISHED = {"episodes": 10, "frames": 100, "fps": 5}


@pytest.mark.parametrize("only", ["hand+arm", ["hand", "arm"]])
def test_only_the_named_sources_are_mixed(only: Any) -> None:
    mixture = MixtureParams.model_validate({"sources": SOURCES, "only": only})
    assert [(s.dataset, s.weight) for s in mixture.sources] == [("hand", 1.0), ("arm", 2.0)]
    assert MixtureParams.model_validate(mixture.model_dump()) == mixture


def test_the_graph_is_built_for_the_named_sources_alone() -> None:
    parameters = {
        "mixture": {"sources": SOURCES, "only": "eye"},
        "datasets": {name: {"kind": "rlds"} for name in ("arm", "hand", "eye")},
        "finetune": {"dataset": "arm"},
    }
    assert Experiment.of(parameters).datasets == ("eye", "arm")


def test_a_name_that_is_no_source_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"only names \['nose'\], expected some of .*'eye'"):
        MixtureParams.model_validate({"sources": SOURCES, "only": "arm+nose"})


def test_published_figures_are_recorded_nowhere() -> None:
    plain = DatasetParams(kind="rlds", path="/data")
    told = DatasetParams.model_validate({**plain.model_dump(), "published": PUBLISHED})
    assert told.published is not None
    assert told.model_dump() == plain.model_dump()
    assert fact_of(told) == fact_of(plain)


def test_what_is_recorded_decides_shards_by_the_episodes_alone() -> None:
    plain = DatasetParams(kind="simulator")
    told = DatasetParams.model_validate({"kind": "simulator", "recording": {"num_episodes": 3}})
    assert told.recording is not None
    assert fact_of(told) == fact_of(plain)


def test_a_set_that_is_read_has_no_recording() -> None:
    with pytest.raises(ValidationError, match="'rlds' is read and not recorded"):
        DatasetParams.model_validate(
            {"kind": "rlds", "path": "/data", "recording": {"num_episodes": 3}}
        )


@pytest.mark.parametrize(
    ("values", "where"),
    [({"sources": SOURCES, "only": 5}, "only"), ({"sources": None, "only": "arm"}, "sources")],
)
def test_what_is_no_list_is_named(values: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError, match=rf"{where}\n.*valid tuple"):
        MixtureParams.model_validate(values)


def test_a_source_that_is_named_twice_is_mixed_once() -> None:
    mixture = MixtureParams.model_validate({"sources": SOURCES, "only": "arm + arm"})
    assert [source.dataset for source in mixture.sources] == ["arm"]


@pytest.mark.parametrize("weight", [0.0, float("inf"), float("nan"), 1e308])
def test_a_weight_is_a_number_that_shares_can_be_made_of(weight: float) -> None:
    with pytest.raises(ValidationError, match="weight"):
        MixtureParams.model_validate({"sources": [{"dataset": "arm", "weight": weight}]})


def test_a_shard_set_at_a_url_is_taken_as_it_is() -> None:
    taken = DatasetParams(kind="shards", path="s3://bucket/set")
    assert taken.is_remote
    with pytest.raises(ValidationError, match="at a URL, found path '/data/set'"):
        DatasetParams(kind="shards", path="/data/set")
    with pytest.raises(ValidationError, match=r"found \['max_episodes'\]; filter it under mixture"):
        DatasetParams(kind="shards", path="s3://bucket/set", max_episodes=3)
