"""Every environment's parameters are valid, before anyone queues a job with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.config.presets import PRESETS
from lapa.data.sources.rlds.field_map import field_map_for
from lapa.models.laq import LatentActionQuantizer
from lapa.params.laq.stage import LaqParams
from lapa.params.mixture import DatasetParams, DatasetsParams
from lapa.params.sections import SECTIONS, WORK
from toys.paths import ROOT

CONF = ROOT / "conf"
ENVIRONMENTS = sorted(
    p.name for p in CONF.iterdir() if p.is_dir() and p.name not in {"local", PRESETS}
)
CHOICES = {
    section.name: sorted(path.stem for path in section.glob("[!_]*.yml"))
    for section in (CONF / PRESETS).iterdir()
}
"""Section (or `data`, `cluster`) -> its presets."""
SEEDS = {
    ("pairs", "seed"),
    ("recording", "seed"),
    ("ingestion", "split", "seed"),
    ("laq", "trainer", "seed"),
    ("inverse_dynamics", "trainer", "seed"),
    ("foundation", "trainer", "seed"),
    ("finetune", "trainer", "seed"),
    ("evaluation", "seed"),
}


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LAPA_REFERENCE_DATA", "/somewhere")
    monkeypatch.setenv("LAPA_VIDEOS", "/somewhere")
    monkeypatch.setenv("LAPA_DATASET", "/somewhere")
    monkeypatch.setenv("LAPA_KIND", "lerobot")

    def load(environment: str, **given: Any) -> dict[str, Any]:
        loader = ConfigLoader(
            str(CONF), env=environment, runtime_params=given, **CONFIG_LOADER_ARGS
        )
        return dict(loader["parameters"])

    return load


def built(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: model.model_validate(parameters[name]) for name, model in SECTIONS.items()}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_group_of_parameters_is_valid(load: Any, environment: str) -> None:
    parameters = load(environment)
    assert set(parameters) == {*SECTIONS, WORK, "arms", "registry", "remote"}
    stages = built(parameters)
    assert stages["ingestion"].max_horizon_s >= stages["pairs"].horizon_s
    assert stages["ingestion"].image_size == stages["laq"].model.image_size


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_writes_somewhere_of_its_own(load: Any, environment: str) -> None:
    others = {load(other)["work"] for other in ENVIRONMENTS if other != environment}
    assert load(environment)["work"] not in others


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_quantizer_can_be_built(load: Any, environment: str) -> None:
    with torch.device("meta"):
        model = LatentActionQuantizer(LaqParams.model_validate(load(environment)["laq"]).model)
    assert sum(p.numel() for p in model.parameters()) > 10_000


def without_recordings(datasets: DatasetsParams) -> dict[str, DatasetParams]:
    return {
        name: dataset.model_copy(update={"recording": None})
        for name, dataset in datasets.root.items()
    }


@pytest.mark.parametrize(
    "environment", ["base", "bridge", "human", "my_robot", "openx", "sthv2", "videos"]
)
@pytest.mark.parametrize("position", range(len(CHOICES["foundation"])))
def test_data_size_and_cluster_combine(load: Any, environment: str, position: int) -> None:
    laq, foundation, cluster = (
        CHOICES[section][position % len(CHOICES[section])]
        for section in ("laq", "foundation", "cluster")
    )
    given = {"laq": {"preset": laq}, "foundation": {"preset": foundation}, "cluster": cluster}
    stages = built(load(environment, **given))
    alone = built(load(environment, laq={"preset": laq}))
    data = built(load(environment))
    assert stages["laq"].model == alone["laq"].model
    assert stages["laq"].optimizer == alone["laq"].optimizer
    # what is recorded follows the size of the images
    assert without_recordings(stages["datasets"]) == without_recordings(data["datasets"])
    assert stages["mixture"] == data["mixture"]
    assert stages["pairs"] == data["pairs"]
    assert stages["ingestion"].image_size == stages["laq"].model.image_size
    assert stages["foundation"].trainer.accelerator == stages["labeling"].accelerator


@pytest.mark.parametrize("cluster", ["lrz_h100", "lrz_a100"])
def test_published_batches_are_those_of_every_cluster(load: Any, cluster: str) -> None:
    for environment in ("vla_7b", "vla_2b_tokens"):
        stages = built(load(environment, cluster=cluster))
        laq, foundation = stages["laq"].trainer, stages["foundation"].trainer
        assert laq.batch_size * laq.devices * laq.nodes == 512
        processes = foundation.devices * foundation.nodes
        assert foundation.batch_size * processes * stages["foundation"].accumulate == 4096


def seeds_in(values: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    """Every value called `seed`, by where it stands."""
    if not isinstance(values, dict):
        return {}
    here = {(*path, name): value for name, value in values.items() if name == "seed"}
    for name, value in values.items():
        here |= seeds_in(value, (*path, name))
    return here


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_one_seed_reaches_every_stage(load: Any, environment: str) -> None:
    stages = built(load(environment, seed=1))
    values = {name: stage.model_dump() for name, stage in stages.items()}
    assert seeds_in(values) == dict.fromkeys(SEEDS, 1)


@pytest.mark.parametrize("place", sorted(SEEDS))
def test_the_seed_of_a_stage_can_be_its_own(load: Any, place: tuple[str, ...]) -> None:
    given: Any = 7
    for name in reversed(place):
        given = {name: given}
    stages = built(load("base", seed=1, **given))
    values = {name: stage.model_dump() for name, stage in stages.items()}
    assert seeds_in(values) == dict.fromkeys(SEEDS, 1) | {place: 7}


HORIZONS = {"bridge": 0.6, "openx": 0.6, "sthv2": 2.4, "human": 2.4, "vla_7b": 0.6, "laq_full": 0.6}
"""Seconds, as LAPA's appendix F has them (https://arxiv.org/abs/2410.11758)."""


@pytest.mark.parametrize("environment", HORIZONS)
@pytest.mark.parametrize("size", [{}, {"laq": {"preset": "paper"}}])
def test_the_horizon_belongs_to_the_data(load: Any, environment: str, size: dict[str, Any]) -> None:
    assert built(load(environment, **size))["pairs"].horizon_s == HORIZONS[environment]


@pytest.mark.parametrize(
    "environment", ["laq_full", "laq_full_low_memory", "vla_7b", "vla_2b_tokens"]
)
def test_published_sizes_have_the_data_of_openx(load: Any, environment: str) -> None:
    stages, openx = built(load(environment)), built(load("openx"))
    assert stages["mixture"] == openx["mixture"]
    assert without_recordings(stages["datasets"]) == without_recordings(openx["datasets"])
    assert stages["laq"].model.image_size == 256


def test_the_rates_of_openx_are_those_of_the_field_maps(load: Any) -> None:
    datasets = built(load("openx"))["datasets"].root
    sources = [source for source in datasets.values() if source.kind == "rlds"]
    assert len(sources) == 18
    for source in sources:
        name = Path(source.path).name
        assert source.published.fps == field_map_for(name).datasets[name]
