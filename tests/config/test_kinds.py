"""Options belong to the kind beside which they stand; a layer that names another kind begins anew."""

from __future__ import annotations

from typing import Any

import pytest
from omegaconf import OmegaConf

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.config.kinds import drop_other_kinds
from lapa.params.foundation.stage import FoundationParams
from toys.paths import ROOT

RED = {"kind": "red", "size": 1}


def merged(*layers: dict[str, Any]) -> Any:
    files = [OmegaConf.create({"color": layer}) for layer in layers]
    drop_other_kinds(files)
    result: Any = OmegaConf.to_container(OmegaConf.merge(*files), resolve=False)
    return result["color"]


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        pytest.param([RED, {"hue": 2}], RED | {"hue": 2}, id="no kind above"),
        pytest.param([RED, {"kind": "red", "hue": 2}], RED | {"hue": 2}, id="the same kind"),
        pytest.param([RED, {"kind": "blue", "hue": 2}], {"kind": "blue", "hue": 2}, id="another"),
        pytest.param([RED, {"hue": 2}, {"kind": "blue"}], {"kind": "blue"}, id="from two layers"),
        pytest.param([{"hue": 2}, {"kind": "blue"}], {"kind": "blue", "hue": 2}, id="none below"),
        pytest.param(
            [RED, {"kind": "blue", "hue": 2}, {"kind": "red"}], {"kind": "red"}, id="back"
        ),
        pytest.param([RED, {"kind": "blue"}, {"hue": 2}], {"kind": "blue", "hue": 2}, id="later"),
        pytest.param(
            [{"kind": "red", "in": {"a": 1}}, {"kind": "blue"}], {"kind": "blue"}, id="deep"
        ),
        pytest.param(
            [{"kind": "red", "size": "${globals:size}"}, {"kind": "blue"}],
            {"kind": "blue", "size": "${globals:size}"},
            id="what all files share",
        ),
        pytest.param(
            [{"kind": "red", "shade": RED}, {"shade": {"kind": "dark"}}],
            {"kind": "red", "shade": {"kind": "dark"}},
            id="a mapping inside",
        ),
        pytest.param(
            [{"all": [RED]}, {"all": [{"kind": "blue"}]}], {"all": [{"kind": "blue"}]}, id="a list"
        ),
    ],
)
def test_options_of_another_kind_are_dropped(
    layers: list[dict[str, Any]], expected: dict[str, Any]
) -> None:
    assert merged(*layers) == expected


def test_a_kind_that_reads_another_file_is_compared_as_written() -> None:
    elsewhere = {"kind": "${other.kind}", "size": 1}
    assert merged(elsewhere, {"kind": "${other.kind}"}) == elsewhere
    assert merged(elsewhere, {"kind": "blue"}) == {"kind": "blue"}


def foundation(env: str, **given: Any) -> FoundationParams:
    given = {"foundation": given}
    loader = ConfigLoader(str(ROOT / "conf"), env=env, runtime_params=given, **CONFIG_LOADER_ARGS)
    return FoundationParams.model_validate(loader["parameters"]["foundation"])


@pytest.mark.parametrize("env", ["base", "test", "vla_7b", "action_tokens_tiny"])
def test_a_backend_from_outside_the_package_takes_the_place_of_any(env: str) -> None:
    kind = "toys.backend_toy:GridParams"
    backend = foundation(env, backend={"kind": kind, "dim": 8}).backend
    assert backend.model_dump() == {"kind": kind, "cells": 4, "dim": 8}
    assert foundation(env).trainer == foundation(env, backend={"kind": kind}).trainer


def test_the_kind_that_is_there_keeps_its_options() -> None:
    assert foundation("test", backend={"kind": "film_cnn"}).backend == foundation("test").backend
    wider = foundation("test", backend={"kind": "film_cnn", "channels": 9}).backend.model_dump()
    assert (wider["channels"], wider["feature_dim"]) == (9, 16)
