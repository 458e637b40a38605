"""Kinds by name; your own adapter by module and function."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

from lapa.data.sources import open_source, source_kinds
from lapa.data.sources.registry import adapter_of
from lapa.data.sources.rlds.field_map import load_field_map
from toys.paths import ROOT

ADAPTER = """
import numpy as np
from lapa.data.episode import Episode

def open_blank(path, *, report, length=3):
    yield Episode(source="blank", episode_id=path.name, num_frames=length, fps=1.0,
                  read_frames=lambda indices: np.zeros((length, 2, 2, 3), np.uint8))
"""


def test_unknown_kind_lists_the_known_and_the_close_one() -> None:
    with pytest.raises(ValueError, match=r"'video_foldr'; did you mean 'video_folder'.*lerobot"):
        open_source("video_foldr", "anywhere")


def test_an_unknown_option_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'video_folder'.*'fps'; its options: .*fps_override"):
        open_source("video_folder", "anywhere", fps=3)


def test_the_public_kinds() -> None:
    assert set(source_kinds()) == {
        "video_folder", "image_folder", "rlds", "lerobot", "hdf5", "video_with_arrays", "recorded",
    }  # fmt: skip


@pytest.mark.parametrize("kind", sorted(source_kinds()))
def test_every_kind_has_an_adapter(kind: str) -> None:
    assert callable(adapter_of(kind))


def test_an_adapter_of_your_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "blank_source.py").write_text(ADAPTER)
    monkeypatch.syspath_prepend(tmp_path)
    episodes = list(open_source("blank_source:open_blank", tmp_path / "x", length=4))
    assert [(e.episode_id, e.num_frames) for e in episodes] == [("x", 4)]
    sys.modules.pop("blank_source")


def test_the_field_map_of_the_docs_is_one() -> None:
    page = (ROOT / "docs/extend/source.md").read_text()
    field_map = re.search("```yaml\n(.*?)```", page, re.DOTALL)
    assert field_map is not None
    assert load_field_map(yaml.safe_load(field_map[1])).datasets == {"my_robot": 10}
