"""Every quantiser, target, backbone and head goes through the whole graph, from raw episodes to the report.

A covering design: each backbone meets every quantiser and every head, so all pairs of neighbours occur; each
quantiser has a target of its own, and cells with the same quantiser share its run up to the labels. Toy sizes: it
proves that stages fit each other, not that any of them learns.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from transformers import BitImageProcessor, Dinov2Config, Dinov2Model

from lapa.records import EvaluationReport
from toys.paths import ROOT
from toys.sessions import Sessions, merged, sessions_in

QUANTIZERS = ("nsvq", "vq_ema", "fsq", "residual_vq")
TARGETS = ("pixels", "flow", "features", "actions")
BACKENDS = {
    "film_cnn": None,
    "dual_encoder": "dual_encoder_tiny",
    "action_tokens": "action_tokens_tiny",
}
"""Backbone -> the environment that has it at toy size; None is base."""
HEADS = ("binned", "mlp", "l1", "flow")

CELLS = [
    (quantizer, backend, HEADS[(i + j) % len(HEADS)])
    for i, quantizer in enumerate(QUANTIZERS)
    for j, backend in enumerate(BACKENDS)
]
STEM = ["laq_report", "lapa.latent_labels", "random_laq.latent_labels"]
"""What cells with the same quantiser share."""

STEPS = {"max_steps": 4, "batch_size": 4, "validate_every": 4, "val_max_samples": 8}
SHORT: dict[str, Any] = {
    "laq": {"trainer": STEPS, "pictures": 1},
    "foundation": {"trainer": STEPS},
    "finetune": {"trainer": {"max_steps": 4, "batch_size": 4}, "unpretrained_max_steps": 4},
    "evaluation": {
        "rollout": {"num_scenes": 1, "max_steps": 2, "tasks": ["reach"]},
        "probe": {"max_samples": 64, "resamples": 5, "max_iterations": 3},
    },
}


def toy_sizes() -> dict[str, Any]:
    """What `--env=test` sets, for environments do not stack; less what it sets for one backbone alone."""
    sizes = yaml.safe_load((ROOT / "conf/test/parameters.yml").read_text())
    del sizes["by_preset"]
    return merged(sizes, SHORT)


class Matrix(Sessions):
    """Every run has toy sizes."""

    def run(self, name: str, env: str | None, parameters: dict[str, Any], **selection: Any) -> Any:
        return super().run(name, env, merged(toy_sizes(), parameters), **selection)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    with sessions_in(tmp_path_factory.mktemp("matrix"), Matrix) as project:
        project.run("shared", None, {}, pipeline_names=["ingestion"])
        yield project


@pytest.fixture(scope="module")
def vision_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A frozen vision transformer with random weights, in the Hugging Face layout."""
    folder = str(tmp_path_factory.mktemp("vision"))
    config = Dinov2Config(
        image_size=16, patch_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=1
    )
    Dinov2Model(config).save_pretrained(folder)
    BitImageProcessor(image_mean=[0.5] * 3, image_std=[0.25] * 3).save_pretrained(folder)
    return folder


def targets(name: str, vision_folder: str) -> dict[str, Any]:
    options = {
        "pixels": {},
        "flow": {"weight": 0.1, "depth": 1},
        "features": {"weight": 0.1, "depth": 1, "folder": vision_folder},
        "actions": {"weight": 0.1, "fraction": 0.5, "action_dim": 4},
    }
    return {name: options[name]}


def head(name: str) -> dict[str, Any]:
    options = {
        "binned": {},
        "mlp": {"hidden_dims": [8]},
        "l1": {"hidden_dim": 8, "dropout": 0.1},
        "flow": {"hidden_dim": 8, "steps": 2},
    }
    chunk = {"l1": 2, "flow": 2}.get(name, 1)
    train = "head" if name == "mlp" else "neck"
    settings = {"chunk": chunk, "train": train, "use_state": name != "mlp"}  # codes pass no state
    return {"head": {"kind": name} | options[name], **settings}


def laq(quantizer: str, target: str, vision_folder: str) -> dict[str, Any]:
    return {"model": {"quantizer": {"kind": quantizer}}, "targets": targets(target, vision_folder)}


def test_the_design_covers_every_pair_of_neighbors() -> None:
    assert {(q, b) for q, b, _ in CELLS} == {(q, b) for q in QUANTIZERS for b in BACKENDS}
    assert {(b, h) for _, b, h in CELLS} == {(b, h) for b in BACKENDS for h in HEADS}


@pytest.fixture(scope="module", params=zip(QUANTIZERS, TARGETS, strict=True), ids="-".join)
def stem(project: Matrix, vision_folder: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """One quantiser, trained, evaluated and used for labels; its name and parameters."""
    quantizer, target = request.param
    project.share("shared", quantizer)
    parameters = laq(quantizer, target, vision_folder)
    catalog = project.run(
        quantizer, None, {"laq": parameters}, to_outputs=STEM, only_missing_outputs=True
    )
    checkpoint = catalog.load("laq_checkpoint")
    assert f"val/loss_{target}" in checkpoint.metrics
    return {"quantizer": quantizer, "parameters": parameters, "digest": checkpoint.digest}


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_whole_graph(project: Matrix, stem: dict[str, Any], backend: str) -> None:
    quantizer = stem["quantizer"]
    (policy_head,) = (h for q, b, h in CELLS if (q, b) == (quantizer, backend))
    name = f"{quantizer}-{backend}-{policy_head}"
    project.share(quantizer, name)
    foundation: dict[str, Any] = {"kind": backend}
    if backend == "film_cnn":
        foundation |= {"channels": 8, "feature_dim": 16}
    parameters = {
        "laq": stem["parameters"],
        "foundation": {"backend": foundation},
        "finetune": head(policy_head),
    }
    catalog = project.run(name, BACKENDS[backend], parameters, only_missing_outputs=True)
    report = catalog.load("report")
    assert isinstance(report, EvaluationReport)
    assert (Path(report.path) / "report.html").is_file()
    assert catalog.load("lapa.foundation_checkpoint").inputs["laq"] == stem["digest"]
    for arm in ("lapa", "random_laq", "scratch"):
        measured = {
            metric.name for metric in catalog.load(f"{arm}.policy_report").metrics["policy"]
        }
        assert {"success/reach", "action/mae_normalized"} <= measured


@pytest.mark.parametrize("target", ["pixels", "actions"])
def test_continuous_latents_go_as_far_as_their_evaluation(
    project: Matrix, vision_folder: str, target: str
) -> None:
    name = f"none-{target}"
    project.share("shared", name)
    parameters = {"laq": laq("none", target, vision_folder)}
    what = {"to_outputs": ["laq_report"], "only_missing_outputs": True}
    report = project.run(name, None, parameters, **what).load("laq_report")
    measured = {metric.name for metric in report.metrics["laq"]}
    assert {"psnr_gain_over_copy", "code_dependence"} <= measured


def test_continuous_latents_have_no_labels_and_say_so_before_any_node(project: Matrix) -> None:
    with pytest.raises(ValueError, match="quantizer is 'none'"):
        project.run("none-all", None, {"laq": {"model": {"quantizer": {"kind": "none"}}}})
    assert not (project.folder / "data/01_raw/none-all").exists()
