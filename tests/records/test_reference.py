"""The page of records: up to date, and every record of an artefact is on it."""

from __future__ import annotations

import lapa.records
from lapa.records import Record
from lapa.records.reference import ARTEFACTS, PARTS, RESULTS, page
from toys.paths import ROOT

ONLY_BASES = {"Record", "ClipFilter", "ClipSelection", "MadeParts"}
"""What no file holds by itself."""


def test_the_page_is_what_the_classes_make() -> None:
    assert (ROOT / "docs/records.md").read_text() == page()


def test_every_record_is_on_it() -> None:
    public = {
        name
        for name in lapa.records.__all__
        if isinstance(member := getattr(lapa.records, name), type) and issubclass(member, Record)
    }
    assert public - ONLY_BASES == {record.__name__ for record in (*ARTEFACTS, *RESULTS, *PARTS)}
