"""Every environment's parameters are valid, before anyone queues a job with them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from kedro.config import OmegaConfigLoader

from lapa.models.laq import LatentActionQuantizer
from lapa.params.laq.stage import LaqParams
from lapa.params.sections import SECTIONS, WORK
from lapa.settings import CONFIG_LOADER_ARGS
from toys.paths import ROOT

CONF = ROOT / "conf"
STAGE_2_ONLY = {"vla_7b", "vla_2b_tokens"}
"""They take labels of a quantiser that `laq_full` trained."""
ENVIRONMENTS = sorted(p.name for p in CONF.iterdir() if p.is_dir() and p.name != "local")


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LAPA_REFERENCE_DATA", "/somewhere")
    monkeypatch.setenv("LAPA_VIDEOS", "/somewhere")
    monkeypatch.setenv("LAPA_DATASET", "/somewhere")
    monkeypatch.setenv("LAPA_KIND", "lerobot")

    def load(environment: str) -> dict:
        return dict(
            OmegaConfigLoader(str(CONF), env=environment, **CONFIG_LOADER_ARGS)["parameters"]
        )

    return load


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_group_of_parameters_is_valid(load: Any, environment: str) -> None:
    parameters = load(environment)
    assert set(parameters) == set(SECTIONS) | {WORK}
    built = {name: model.model_validate(parameters[name]) for name, model in SECTIONS.items()}
    assert built["ingestion"].max_horizon_s >= built["pairs"].horizon_s
    assert built["ingestion"].image_size == built["laq"].model.image_size


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_writes_somewhere_of_its_own(load: Any, environment: str) -> None:
    others = {load(other)["work"] for other in ENVIRONMENTS if other != environment}
    assert load(environment)["work"] not in others


@pytest.mark.parametrize("environment", sorted(set(ENVIRONMENTS) - STAGE_2_ONLY))
def test_every_quantizer_can_be_built(load: Any, environment: str) -> None:
    with torch.device("meta"):
        model = LatentActionQuantizer(LaqParams.model_validate(load(environment)["laq"]).model)
    assert sum(p.numel() for p in model.parameters()) > 10_000
