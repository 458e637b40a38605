"""The foundation models that the project's environments name, checked without building large ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lapa.cli.plan import foundation_of, plan
from lapa.models.foundation.build import build_foundation
from lapa.params.foundation.action_tokens import ActionTokensParams

ROOT = Path(__file__).parents[2]
KINDS = {
    "base": "film_cnn",
    "laq_full": "film_cnn",
    "vla_7b": "dual_encoder",
    "vla_2b_tokens": "action_tokens",
    "dual_encoder_tiny": "dual_encoder",
    "action_tokens_tiny": "action_tokens",
}


@pytest.mark.parametrize(("env", "kind"), KINDS.items())
def test_an_environment_names_its_backend(env: str, kind: str) -> None:
    assert foundation_of(ROOT, env).backend.kind == kind


@pytest.mark.parametrize("env", ["vla_7b", "vla_2b_tokens"])
def test_published_sizes_train_on_4096_samples_per_step(env: str) -> None:
    params = foundation_of(ROOT, env)
    processes = params.trainer.devices * params.trainer.nodes
    assert (params.trainer.batch_size, processes, params.accumulate) == (16, 64, 4)


def test_without_an_environment_the_published_recipe_is_planned() -> None:
    named = CliRunner().invoke(plan, ["--env", "vla_7b", "--project", str(ROOT)])
    assert named.exit_code == 0, named.output
    assert CliRunner().invoke(plan, ["--project", str(ROOT)]).output == named.output


def test_weights_come_from_the_folder_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAPA_QWEN3_VL", "/models/qwen")
    backend = foundation_of(ROOT, "vla_2b_tokens").backend
    assert isinstance(backend, ActionTokensParams)
    assert backend.pretrained == "/models/qwen"


def test_planning_an_environment() -> None:
    result = CliRunner().invoke(plan, ["--env", "vla_7b", "--project", str(ROOT)])
    assert result.exit_code == 0, result.output
    assert "7,348.8 M" in result.output
    assert "4096 samples" in result.output


@pytest.mark.parametrize("env", ["dual_encoder_tiny", "action_tokens_tiny"])
def test_tiny_models_are_built(env: str) -> None:
    params = foundation_of(ROOT, env)
    model = build_foundation(params.model(), instructions=["lift the red cube"])
    assert sum(weight.numel() for weight in model.parameters()) < 2_000_000


def test_planning_action_tokens_reads_no_published_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAPA_QWEN3_VL", "/nowhere")
    options = ["--samples", "1000000", "--hours", "24", "--shards", "640"]
    result = CliRunner().invoke(plan, ["--env", "vla_2b_tokens", "--project", str(ROOT), *options])
    assert result.exit_code == 0, result.output
    assert "2,438.7 M" in result.output
    assert "4096 samples" in result.output
    for line in ("optimiser state per GPU", "activations per GPU", "shards per process"):
        assert line in result.output
    assert "tokens/s needed" in result.output
