"""Kedro-Viz colours name nodes that exist and can be read: text on fill as WCAG asks, 4.5 to 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project

ROOT = Path(__file__).parents[2]
STYLES = json.loads((ROOT / ".viz/styles.json").read_text())


def luminance(color: str) -> float:
    """Relative luminance of sRGB, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("node", STYLES)
def test_text_stands_out_from_its_fill(node: str) -> None:
    dark, light = sorted(luminance(STYLES[node][name]) for name in ("fill", "color"))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_every_style_is_of_a_node() -> None:
    bootstrap_project(ROOT)
    assert set(STYLES) <= {node.name for node in pipelines["__default__"].nodes}
