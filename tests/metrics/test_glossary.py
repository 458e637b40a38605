"""The glossary: its page is up to date, and a name means one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.metrics.entry import Entry
from lapa.metrics.glossary import GLOSSARY, page, report_entry, training_entry

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_what_the_glossary_makes() -> None:
    assert (DOCS / "metrics.md").read_text() == page()


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("val/psnr_gain_over_copy", "<split>/psnr_gain_over_copy"),
        ("train/loss_recon", "<split>/loss_recon"),
        ("train/loss_pixels", "<split>/loss_<target>"),
        ("val/top1_position_3", "val/top1_position_<i>"),
        ("val/mae/joint/1", "val/mae/<dimension>"),
        ("val/top1", "val/top1"),
    ],
)
def test_training_names_have_an_entry(name: str, entry: str) -> None:
    described = training_entry(name)
    assert described is not None
    assert described.name == entry


@pytest.mark.parametrize("name", ["probe/mlp/codes/dx", "success/reach", "lapa - scratch/reach"])
def test_report_names_have_an_entry(name: str) -> None:
    assert report_entry(name) is not None


@pytest.mark.parametrize("name", ["train/grad", "other/psnr", "val/top1_position_x", "psnr_gain"])
def test_a_name_that_nobody_described_has_none(name: str) -> None:
    assert training_entry(name) is None
    assert report_entry(name) is None


def test_every_entry_is_a_name_of_its_own_with_one_sentence() -> None:
    entries: list[Entry] = [entry for group in GLOSSARY.values() for entry in group]
    assert len({entry.name for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.meaning.endswith(".")
        assert entry.values
