"""The plan of the project's own environments, without their data."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from lapa.cli.plan import plan
from toys.paths import ROOT

PAPER = "laq.preset=paper,foundation.preset=dual_encoder_7b,finetune.preset=one_query_binned_7b"


def planned(env: str, params: str = "") -> str:
    options = ["--env", env, "--project", str(ROOT), "--params", params]
    result = CliRunner().invoke(plan, options)
    assert result.exit_code == 0, result.output
    return result.output


def figure(page: str, stage: str, name: str) -> str:
    """The value beside a name in the part of a stage."""
    part = page.split(f"stage {stage}\n")[1].split("\n\n", maxsplit=1)[0]
    matched = re.search(rf"^{re.escape(name)}  +(.+)$", part, re.MULTILINE)
    assert matched, part
    return matched[1]


@pytest.mark.parametrize(("cluster", "nodes", "devices"), [("lrz_h100", 16, 4), ("lrz_a100", 8, 8)])
def test_openx_at_the_size_of_the_paper(
    monkeypatch: pytest.MonkeyPatch, cluster: str, nodes: int, devices: int
) -> None:
    monkeypatch.delenv("LAPA_OPENX", raising=False)
    page = planned("openx", f"{PAPER},cluster={cluster}")
    assert "together 1,322,697 episodes, 60,082,170 frames" in page
    assert figure(page, "laq", "steps x batch") == "100,000 x 512"
    assert figure(page, "foundation", "samples") == "409,600,000"
    assert figure(page, "foundation", "devices") == f"{nodes} nodes x {devices}"
    assert float(figure(page, "foundation", "hours, estimated")) > 50
    assert float(figure(page, "laq", "epochs")) > 0.9
    assert "nodes to" not in page
    assert planned("vla_7b", f"cluster={cluster}") == page


def test_one_gpu_is_too_small_for_the_paper_and_the_plan_says_why() -> None:
    page = planned("openx", f"{PAPER},cluster=single_gpu")
    assert "laq: 1 devices make a batch of 64, its preset trains on 512" in page
    assert "most of which are never seen" in page
    assert "does not fit: needs 106" in page


def test_finetuning_of_the_published_size_is_planned() -> None:
    recipe = "finetune.preset=one_query_binned_7b"
    page = planned("vla_7b", f"{recipe},cluster=lrz_h100")
    assert figure(page, "finetune", "steps x batch") == "10,000 x 128"
    assert figure(page, "finetune", "of these trained") == "6,608.9 M"
    assert figure(page, "finetune", "devices") == "1 nodes x 4"
    assert float(figure(page, "finetune", "hours, estimated")) == pytest.approx(4.5)
    assert figure(page, "finetune", "total per device, before waste") == "30.18 GiB"
    assert "finetune: needs" not in page
    assert "frames of 100 labelled episodes, which are learnt by heart" in page


def test_on_one_gpu_adapters_fit_and_the_whole_language_model_does_not() -> None:
    whole = planned("vla_7b", "finetune.preset=one_query_binned_7b,cluster=single_gpu")
    assert "finetune: 1 devices make a batch of 16, its preset trains on 128" in whole
    assert re.search(r"finetune: needs 1\d\d GiB per device before waste, which has 79 GiB", whole)
    adapters = planned("vla_7b", "finetune.preset=lora_7b,cluster=single_gpu")
    assert float(figure(adapters, "finetune", "total per device, before waste").split()[0]) < 40
    assert "finetune: needs" not in adapters


def test_a_narrower_mixture_is_planned() -> None:
    page = planned("openx", "mixture.only=viola+bridge")
    assert "together 60,214 episodes" in page
    assert "fractal" not in page


def test_small_models_are_planned_too() -> None:
    page = planned("sthv2", "laq.preset=small,foundation.preset=small,cluster=lrz_h100")
    assert figure(page, "laq", "parameters") == "7.9 M"
    assert figure(page, "foundation", "parameters") == "0.9 M"
    assert "stage finetune" not in page


def test_an_environment_without_figures_says_so() -> None:
    page = planned("videos", "data_root=/nowhere")
    assert "not known, so not counted: videos" in page
    assert figure(page, "laq", "epochs") == "not known"
