"""Globs of field maps over relative paths."""

from __future__ import annotations

import pytest

from lapa.data.sources.video.glob_match import matches


@pytest.mark.parametrize(
    ("path", "glob", "expected"),
    [
        ("a.json", "**/*.json", True),
        ("x/y/a.json", "**/*.json", True),
        ("x/y/a.JSON", "**/*.json", True),
        ("x/a.npz", "**/*.json", False),
        ("annotation/train/1.json", "**/annotation/*/*.json", True),
        ("set/annotation/train/1.json", "**/annotation/*/*.json", True),
        ("annotation/1.json", "**/annotation/*/*.json", False),
        ("annotation/a/b/1.json", "**/annotation/*/*.json", False),
        ("x/a.json", "*.json", False),
        ("x/a.json", "x/**", True),
        ("x/a[1].json", "x/a[[]1].json", True),
        ("x/a1.json", "x/a?.json", True),
    ],
)
def test_globs(path: str, glob: str, expected: bool) -> None:
    assert matches(path, glob) is expected
