"""Each item of a source is opened once for listing and once for encoding, and no more."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lapa.data.ingest import ingest
from lapa.data.shards.verify import verify
from lapa.params.ingestion import IngestionParams, SourceParams, SplitParams
from toys.counting_adapters import EPISODES


def _ingest(tmp_path: Path, adapter: str, workers: int) -> tuple[str, Counter[str]]:
    raw, out = tmp_path / "raw", tmp_path / f"{adapter}-{workers}"
    raw.mkdir(exist_ok=True)
    for number in range(EPISODES):
        (raw / f"{number:03d}").touch()
    (tmp_path / "opened").write_text("")
    shards = ingest(
        sources=[SourceParams(kind=f"toys.counting_adapters:{adapter}", path=str(raw))],
        params=IngestionParams(
            image_size=32,
            max_horizon_s=0.3,
            clip_frames=8,
            max_samples_per_shard=6,
            split=SplitParams(val_fraction=0.2, test_fraction=0.2),
            workers=workers,
        ),
        out=out,
    )
    assert verify(shards) == []
    assert set(shards.splits) == {"train", "val", "test"}
    opened = Counter((tmp_path / "opened").read_text().split())
    return shards.digest, opened


@pytest.mark.parametrize("adapter", ["open_each", "open_by_closure", "open_in_a_loop"])
def test_every_item_is_opened_twice_whatever_the_workers(tmp_path: Path, adapter: str) -> None:
    results = {workers: _ingest(tmp_path, adapter, workers) for workers in (1, 3)}
    for _, opened in results.values():
        assert len(opened) == EPISODES
        assert set(opened.values()) == {2}
    assert results[1][0] == results[3][0]


def test_all_kinds_of_adapters_give_the_same_shards(tmp_path: Path) -> None:
    adapters = ("open_each", "open_by_closure", "open_in_a_loop")
    digests = {adapter: _ingest(tmp_path, adapter, 1)[0] for adapter in adapters}
    assert len(set(digests.values())) == 1


def test_what_an_adapter_changes_afterwards_is_kept(tmp_path: Path) -> None:
    one, two = (_ingest(tmp_path, "open_and_change", workers) for workers in (1, 2))
    assert one[0] == two[0] != _ingest(tmp_path, "open_each", 1)[0]
