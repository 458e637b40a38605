"""The top level of the parameters: section -> the class that checks it."""

from __future__ import annotations

from pydantic import BaseModel

from lapa.params.chosen_arms import ArmsParams
from lapa.params.envs import RecordParams
from lapa.params.evaluation import EvaluationParams
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.stage import FoundationParams
from lapa.params.hardware import HardwareParams
from lapa.params.ingestion import IngestionParams
from lapa.params.inverse_dynamics import InverseDynamicsParams
from lapa.params.labeling import LabelingParams
from lapa.params.laq.stage import LaqParams
from lapa.params.mixture import DatasetParams, DatasetsParams, MixtureParams
from lapa.params.registry import RegistryParams
from lapa.params.remote import RemoteParams
from lapa.params.slurm import SlurmParams
from lapa.records import PairSpec

SECTIONS: dict[str, type[BaseModel]] = {
    "pairs": PairSpec,
    "recording": RecordParams,
    "datasets": DatasetsParams,
    "ingestion": IngestionParams,
    "mixture": MixtureParams,
    "laq": LaqParams,
    "inverse_dynamics": InverseDynamicsParams,
    "labeling": LabelingParams,
    "foundation": FoundationParams,
    "finetune": FinetuneParams,
    "evaluation": EvaluationParams,
}
PLANNED: dict[str, type[BaseModel]] = {
    "arms": ArmsParams,
    "hardware": HardwareParams,
    "registry": RegistryParams,
    "remote": RemoteParams,
    "slurm": SlurmParams,
}
"""What decides no result: read by whoever builds the pipelines, `lapa plan`, a hook, or (`remote`) the nodes of
datasets at URLs; they may be left out where nobody reads them."""
WORK = "work"
"""The one parameter that is a plain value: the scratch root of the run."""


def class_of(name: str) -> type[BaseModel] | None:
    """The class that checks a section, one dataset (``datasets.NAME``) or its recording (``datasets.NAME.recording``).

    None where there is none.
    """
    group, _, inside = name.partition(".")
    if group != "datasets" or not inside:
        return SECTIONS.get(name)
    return RecordParams if inside.endswith(".recording") else DatasetParams
