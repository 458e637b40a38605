"""A source from outside the package is named by its import path, opened and ingested."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from lapa.data.bad_input import BadInputs
from lapa.data.ingest import ingest
from lapa.data.sources import open_source
from lapa.params.ingestion import IngestionParams, SourceParams
from toys.paths import ROOT

KIND = "toys.source_toy:open_films"
FPS = 10.0


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """Three films of eight frames, of which the whole of frame i is 20 i bright, and a file that is none."""
    folder = tmp_path / "films"
    folder.mkdir()
    frames = (
        np.zeros((8, 16, 16, 3), np.uint8) + 20 * np.arange(8, dtype=np.uint8)[:, None, None, None]
    )
    for name in ("a", "b", "c"):
        np.save(folder / f"{name}.npy", frames)
    (folder / "d.npy").write_bytes(b"no array")
    return folder


def test_the_toy_yields_films_and_reports_what_is_none(films: Path) -> None:
    report = BadInputs()
    episodes = list(open_source(KIND, films, report=report, fps=FPS))
    assert [episode.episode_id for episode in episodes] == ["a", "b", "c"]
    assert [int(frame.max()) for frame in episodes[0].frames([0, 3, 7])] == [0, 60, 140]
    assert report.counts() == {"unreadable_film": 1}


def test_the_toy_is_ingested(films: Path, tmp_path: Path) -> None:
    source = SourceParams(kind=KIND, path=str(films), options={"fps": FPS})
    params = IngestionParams.model_validate(
        {"image_size": 16, "max_horizon_s": 0.2, "on_bad_sample": "skip", "workers": 1}
    )
    shards = ingest(sources=[source], params=params, out=tmp_path / "out")
    assert sum(split.frames for split in shards.splits.values()) == 24
    assert shards.datasets["films"].fps == FPS


def test_the_page_prints_the_toy() -> None:
    page = (ROOT / "docs/extend/source.md").read_text()
    printed = re.search("```python\n(.*?)```", page, re.DOTALL)
    assert printed is not None
    assert printed[1] == (ROOT / "tests/toys/source_toy.py").read_text()
