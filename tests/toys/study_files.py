"""Files of studies, and their plans on the configuration of the environment `test`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from lapa.records import RECORD
from lapa.studies.file import read_study
from lapa.studies.orders import RunOrder
from lapa.studies.plan import Plan
from toys.paths import ROOT

TINY: dict[str, Any] = {
    "question": "Does watching help?",
    "settings": {"in_domain": {"env": "test"}},
    "arms": ["lapa", "scratch"],
}


def study_file(folder: Path, **said: Any) -> Path:
    """A file of a study that says ``said`` beside what every one must."""
    file = folder / "tiny.yml"
    file.write_text(yaml.safe_dump({**TINY, **said}, sort_keys=False))
    return file


def plan_of(folder: Path, **said: Any) -> Plan:
    return Plan(read_study(study_file(folder, **said)), ROOT / "conf")


def make(order: RunOrder) -> None:
    """Its artefacts, as far as anybody asks whether they are there."""
    for name in order.outputs:
        folder = Path(order.catalog[name].folder)
        folder.mkdir(parents=True)
        (folder / RECORD).write_text("{}")
