"""Models leave the project, agree with PyTorch, and are used without lapa as their card says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from lapa.datasets.checkpoint import CheckpointDataset
from lapa.export.card.licenses import Licenses
from lapa.export.exported import Exported
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.records import ShardSet
from lapa.refused import RefusedError
from toys.backends import tiny
from toys.exported import exported, tiny_foundation
from toys.policies import finetuned
from toys.quantizers import tiny_laq
from toys.shards import tiny_shard_set

SMALL = FilmCnnParams(image_size=32, channels=8, blocks=1, text_dim=8, feature_dim=16)


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    return tiny_shard_set(tmp_path_factory.mktemp("shards"))


@pytest.fixture(scope="module")
def policy(shards: ShardSet, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Exported]:
    """A policy as ONNX, verified on frames of the shards."""
    folder = tmp_path_factory.mktemp("policy")
    record = finetuned(shards, folder / "work", use_state=True)
    CheckpointDataset(filepath=str(folder / "policy"), kind="policy").save(record)
    out = folder / "exported"
    licenses = Licenses(model="mit", data="cc-by-4.0")
    return out, exported(folder / "policy", out, form="onnx", shards=shards, licenses=licenses)


def used_as_its_card_says(folder: Path) -> str:
    """What the card's Python prints, in a process that cannot import lapa."""
    (code,) = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    blocked = "import sys\nsys.modules['lapa'] = None\n"
    run = [sys.executable, "-I", "-c", blocked + code]
    return subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_policy_as_onnx_agrees_on_real_frames(policy: tuple[Path, Exported]) -> None:
    out, made = policy
    assert [d.output for d in made.differences] == ["actions"]
    assert made.differences[0].largest <= 1e-4
    assert sorted(path.name for path in out.iterdir()) == [
        "README.md",
        "policy.onnx",
        "tokenizer.json",
    ]
    assert {(row.batch, row.runtime.split()[0]) for row in made.latencies} == {
        (batch, runtime) for batch in (1, 8) for runtime in ("PyTorch", "ONNX")
    }


def test_the_card_tells_where_the_policy_comes_from(
    policy: tuple[Path, Exported], shards: ShardSet
) -> None:
    card = (policy[0] / "README.md").read_text()
    for fact in (
        "license: mit",
        "cc-by-4.0",
        shards.digest,
        "split `val`",
        "inside the labelled range",
    ):
        assert fact in card


def test_the_card_of_a_policy_runs_without_lapa(policy: tuple[Path, Exported]) -> None:
    assert re.match(r"\[\[\[.*\]\]\]\n", used_as_its_card_says(policy[0]))


def test_any_number_of_samples_goes_in(policy: tuple[Path, Exported]) -> None:
    out, made = policy
    run = made.format.open(out / "policy.onnx", made.plan.graphs[0])
    inputs = made.plan.inputs(made.plan.graphs[0])
    for count in (1, 5):
        assert len(run({n: array[:count] for n, array in inputs.items()})["actions"]) == count


def test_a_quantizer_as_onnx(tmp_path: Path) -> None:
    tiny_laq(tmp_path / "laq")
    made = exported(tmp_path / "laq", tmp_path / "out", form="onnx")
    assert [d.output for d in made.differences] == ["vectors", "codes", "future"]
    card = (tmp_path / "out/README.md").read_text()
    assert "random pixels" in card
    assert "not stated" in card
    assert re.match(r"\[\[\d+ \d+ \d+ \d+\]\]", used_as_its_card_says(tmp_path / "out"))


@pytest.mark.parametrize("backend", [SMALL, tiny(instruction_first=True)], ids=lambda b: b.kind)
def test_a_foundation_model_for_torch(tmp_path: Path, backend: FilmCnnParams) -> None:
    folder = tiny_foundation(tmp_path / "model", backend)
    made = exported(folder, tmp_path / "out", image_size=32)
    assert made.differences[0].largest <= 1e-4
    module = torch.export.load(tmp_path / "out/codes.pt2").module()
    graph = made.plan.graphs[0]
    one = {name: array[:1] for name, array in made.plan.inputs(graph).items()}
    logits = module(*graph.tensors(one))[0].detach().numpy()
    np.testing.assert_allclose(logits, graph.run(one)["code_logits"], atol=1e-5)
    assert used_as_its_card_says(tmp_path / "out").startswith("tensor([[")


def test_an_export_that_differs_is_not_written(tmp_path: Path) -> None:
    tiny_laq(tmp_path / "laq")
    # no difference is below a negative tolerance
    with pytest.raises(RefusedError, match=r"`codes` of encode.*nothing was written"):
        exported(tmp_path / "laq", tmp_path / "out", tolerance=-1.0)
    assert [path.name for path in tmp_path.iterdir()] == ["laq"]


def test_frames_of_another_size_are_refused(tmp_path: Path, shards: ShardSet) -> None:
    tiny_laq(tmp_path / "laq")
    with pytest.raises(RefusedError, match="32 pixels wide, the model takes 16"):
        exported(tmp_path / "laq", tmp_path / "out", shards=shards)


def test_a_foundation_model_needs_a_size(tmp_path: Path) -> None:
    folder = tiny_foundation(tmp_path / "model", SMALL)
    with pytest.raises(RefusedError, match="--image-size"):
        exported(folder, tmp_path / "out")
