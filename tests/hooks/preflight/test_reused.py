"""What is taken from another run must exist by name and is never written."""

from __future__ import annotations

from typing import Any

import pytest

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.hooks.preflight.reused import require_not_written, require_reusable
from lapa.params.reuse import PARTS, reused_among
from lapa.refused import RefusedError
from toys.paths import ROOT

OUTPUTS = {
    "data": ["tabletop.raw_episodes", "tabletop.clip_shards", "mixture"],
    "laq": ["laq_checkpoint", "random_laq_checkpoint", "early_laq_checkpoint"],
    "labels": ["lapa.latent_labels", "vpt.inverse_dynamics_checkpoint"],
    "foundation": ["lapa.foundation_checkpoint", "scratch.foundation_checkpoint"],
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_lies_in_the_other_run_and_nothing_else_does(part: str) -> None:
    given = {"run": "mine", "reuse": {part: "theirs"}}
    loader = ConfigLoader(
        str(ROOT / "conf"), env="test", runtime_params=given, **CONFIG_LOADER_ARGS
    )
    paths = {
        name.split(".")[-1]: entry["filepath"]
        for name, entry in loader["catalog"].items()
        if "filepath" in entry
    }
    own = {name.split(".")[-1] for name in OUTPUTS[part]}
    for name, path in paths.items():
        assert ("/theirs/" in path) == (name in own), (name, path)


@pytest.mark.parametrize("part", PARTS)
def test_it_is_not_written(part: str) -> None:
    every = [name for names in OUTPUTS.values() for name in names]
    assert reused_among([*every, "lapa.policy_checkpoint"], [part]) == sorted(OUTPUTS[part])
    with pytest.raises(
        RefusedError, match=rf"reuse\.{part}=theirs.* would write {OUTPUTS[part][0]}"
    ):
        require_not_written({"reuse": {part: "theirs"}}, OUTPUTS[part][:1], exists=bool)
    require_not_written({"reuse": {part: "theirs"}}, ["lapa.policy_checkpoint"], exists=bool)
    require_not_written({}, every, exists=bool)


def test_a_new_shard_set_may_be_added_and_none_replaced() -> None:
    given, sets = {"reuse": "theirs"}, ["mine.clip_shards"]
    require_not_written(given, sets, exists=lambda name: False)
    with pytest.raises(RefusedError, match=r"reuse\.data=theirs.*would write mine\.clip_shards"):
        require_not_written(given, sets, exists=lambda name: True)
    with pytest.raises(RefusedError, match="would write mixture"):
        require_not_written(given, ["mixture"], exists=lambda name: False)


def test_one_name_takes_every_part() -> None:
    given = {"run": "mine", "reuse": "theirs"}
    loader = ConfigLoader(
        str(ROOT / "conf"), env="test", runtime_params=given, **CONFIG_LOADER_ARGS
    )
    assert loader.runtime_params["reuse"] == dict.fromkeys(PARTS, "theirs")
    require_reusable(given)


@pytest.mark.parametrize(
    ("reuse", "message"),
    [
        ({"lables": "main"}, r"no parameter 'reuse\.lables'; did you mean 'labels'"),
        ({"laq": "../main"}, "is no name"),
        (["main"], "expected a run"),
    ],
)
def test_parts_and_runs_have_known_names(reuse: Any, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        require_reusable({"reuse": reuse})


def test_names_of_digits_reach_paths_and_mlflow_as_text() -> None:
    given = {"run": 2026, "reuse": 2025}
    loader = ConfigLoader(
        str(ROOT / "conf"), env="test", runtime_params=given, **CONFIG_LOADER_ARGS
    )
    loader.config_patterns["mlflow"] = ["mlflow*"]  # as kedro-mlflow does
    assert loader["mlflow"]["tracking"]["run"]["name"] == "2026"
    assert loader["catalog"]["mixture"]["filepath"] == "data/03_primary/2025/mixture"
    require_reusable(loader.runtime_params)
