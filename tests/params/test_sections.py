"""The class that checks a parameter, by the name under which nodes take it."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from lapa.params.envs import RecordParams
from lapa.params.laq.stage import LaqParams
from lapa.params.mixture import DatasetParams, DatasetsParams
from lapa.params.sections import class_of


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("laq", LaqParams),
        ("recording", RecordParams),
        ("datasets", DatasetsParams),
        ("datasets.robot", DatasetParams),
        ("datasets.recording", DatasetParams),
        ("datasets.robot.recording", RecordParams),
        ("work", None),
    ],
)
def test_names_of_parameters_lead_to_their_class(name: str, model: type[BaseModel] | None) -> None:
    assert class_of(name) is model
