"""A model as the Hub keeps it, written and loaded again; no network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from huggingface_hub.errors import LocalEntryNotFoundError

from lapa.datasets.checkpoint import CheckpointDataset
from lapa.export import hub
from lapa.export.hub import from_pretrained, save_pretrained
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.policy.policy import Policy
from lapa.records import Checkpoint
from lapa.refused import RefusedError
from toys.backend_toy import GridParams
from toys.backends import tiny
from toys.exported import SENTENCE, tiny_foundation
from toys.policies import finetuned
from toys.quantizers import tiny_laq
from toys.shards import tiny_shard_set


def published(record: Checkpoint, folder: Path) -> Path:
    """As the catalog keeps it, sealed."""
    CheckpointDataset(filepath=str(folder), kind=record.kind).save(record)
    return folder


def test_a_policy_goes_and_comes_back(tmp_path: Path) -> None:
    record = finetuned(tiny_shard_set(tmp_path), tmp_path / "work")
    folder = published(record, tmp_path / "policy")
    save_pretrained(folder, tmp_path / "hub")
    names = {path.name for path in (tmp_path / "hub").iterdir()}
    assert {"model.safetensors", "config.json", "README.md", "tokenizer.json"} <= names
    assert str(tmp_path) not in (tmp_path / "hub/record.json").read_text()
    first, second = from_pretrained(folder), from_pretrained(tmp_path / "hub")
    assert isinstance(first, Policy)
    assert isinstance(second, Policy)
    images = torch.randint(0, 256, (2, 40, 50, 3), dtype=torch.uint8)
    predicted = (model.predict(images, [SENTENCE, ""]) for model in (first, second))
    assert torch.equal(*predicted)


def test_a_changed_weight_is_refused(tmp_path: Path) -> None:
    folder = published(tiny_laq(tmp_path / "laq"), tmp_path / "kept")
    save_pretrained(folder, tmp_path / "hub")
    assert isinstance(from_pretrained(tmp_path / "hub"), LatentActionQuantizer)
    weights = tmp_path / "hub/model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ValueError, match="SHA-256"):
        from_pretrained(tmp_path / "hub")


def test_a_backbone_without_a_record(tmp_path: Path) -> None:
    save_pretrained(tiny_foundation(tmp_path / "model", tiny()), tmp_path / "hub")
    assert isinstance(from_pretrained(tmp_path / "hub"), LatentPolicy)
    assert "record | none" in (tmp_path / "hub/README.md").read_text()


def test_a_repository_is_fetched_without_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_laq(tmp_path / "laq")
    asked = {}

    def fetch(name: str, **options: object) -> str:
        asked.update(name=name, **options)
        return str(tmp_path / "laq")

    monkeypatch.setattr(hub, "snapshot_download", fetch)
    assert isinstance(from_pretrained("owner/name", revision="v1"), LatentActionQuantizer)
    assert (asked["name"], asked["revision"]) == ("owner/name", "v1")
    assert not [p for p in asked["allow_patterns"] if p.endswith((".bin", ".py", ".pt"))]  # type: ignore[attr-defined]


def test_a_repository_that_names_foreign_classes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_foundation(tmp_path / "model", GridParams())
    assert json.loads((folder / "config.json").read_text())["backend"]["kind"].count(":") == 1
    monkeypatch.setattr(hub, "snapshot_download", lambda *_, **__: str(folder))
    with pytest.raises(RefusedError, match=r"toys\.backend_toy:GridParams"):
        from_pretrained("owner/name")
    assert isinstance(from_pretrained("owner/name", allow_imports=True), LatentPolicy)
    assert isinstance(from_pretrained(folder), LatentPolicy)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"expected config\.json and model.safetensors"):
        from_pretrained(tmp_path)


def test_a_folder_that_is_not_there_is_said_to_be_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RefusedError, match="no such folder is here"):
        from_pretrained(tmp_path / "nothing")

    def unreachable(*_: object, **__: object) -> str:
        raise LocalEntryNotFoundError("no connection")

    monkeypatch.setattr(hub, "snapshot_download", unreachable)
    with pytest.raises(RefusedError, match=r"no model 'exported/nothing'.*no connection"):
        from_pretrained("exported/nothing")
