"""All of an experiment at once, from its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.stage import FoundationParams
from lapa.params.hardware import HardwareParams
from lapa.params.ingestion import IngestionParams
from lapa.params.labeling import LabelingParams
from lapa.params.laq.stage import LaqParams
from lapa.params.mixture import DatasetsParams, MixedSourceParams, MixtureParams
from lapa.planning.data_size import DataSize
from lapa.planning.finetune import finetune_needs, labeled_part
from lapa.planning.foundation import foundation_needs
from lapa.planning.laq import labeling_needs, laq_needs
from lapa.planning.needs import StageNeeds
from lapa.planning.sizes import FolderOf, Sizes, size_of, sizes_of
from lapa.records import PairSpec
from lapa.training.foundation.planning import Plan

SECTIONS = ("pairs", "datasets", "mixture", "ingestion", "laq", "labeling", "finetune")
"""What must be configured beside `foundation`, for all stages to be planned."""


@dataclass(frozen=True, kw_only=True)
class ExperimentPlan:
    """Data and stages of one experiment."""

    spec: PairSpec
    hardware: HardwareParams
    stored_size: int
    """Side of the frames that ingestion stores, pixels."""
    sizes: Sizes
    labeled: DataSize | None
    """What stage 3 may see; None without one, or where nothing is known of the robot's set."""
    labels_asked: int | None = None
    """Labelled episodes that are configured, where these are a count."""
    stages: Mapping[str, StageNeeds]

    @property
    def pairs(self) -> int | None:
        """Pairs of all sources of the mixture; None where a source is unknown."""
        return self.sizes.pairs(self.spec)


def plan_experiment(
    parameters: Mapping[str, Any],
    backbone: Plan | None,
    folder_of: FolderOf,
    hardware: HardwareParams,
) -> ExperimentPlan:
    """Look up the data and count what every stage asks for.

    Args:
        parameters: all sections, as configured.
        backbone: the plan of stage 2, where its network counts tokens.
        folder_of: where the shard set of a dataset is or would be.
        hardware: the machine that it is planned for.

    Raises:
        ValueError: a section is not acceptable, or a shard set is damaged.
    """
    spec = PairSpec.model_validate(parameters["pairs"])
    datasets = DatasetsParams.model_validate(parameters["datasets"])
    mixture = MixtureParams.model_validate(parameters["mixture"])
    sizes = sizes_of(datasets, mixture, spec, folder_of)
    finetune = FinetuneParams.model_validate(parameters["finetune"])
    labeled = _labeled(finetune, datasets, spec, folder_of)
    return ExperimentPlan(
        spec=spec,
        hardware=hardware,
        stored_size=IngestionParams.model_validate(parameters["ingestion"]).image_size,
        sizes=sizes,
        labeled=labeled,
        labels_asked=finetune.labeled_episodes,
        stages=_stages(parameters, finetune, backbone, sizes.pairs(spec), labeled),
    )


def _stages(
    parameters: Mapping[str, Any],
    finetune: FinetuneParams,
    backbone: Plan | None,
    pairs: int | None,
    labeled: DataSize | None,
) -> dict[str, StageNeeds]:
    laq = laq_needs(LaqParams.model_validate(parameters["laq"]))
    stages = {"laq": laq}
    if pairs:
        labeling = LabelingParams.model_validate(parameters["labeling"])
        stages["labeling"] = labeling_needs(labeling, laq, pairs)
    foundation = FoundationParams.model_validate(parameters["foundation"])
    stages["foundation"] = foundation_needs(foundation, backbone)
    if finetune.dataset is not None:
        stages["finetune"] = finetune_needs(finetune, foundation, labeled)
    return stages


def _labeled(
    params: FinetuneParams, datasets: DatasetsParams, spec: PairSpec, folder_of: FolderOf
) -> DataSize | None:
    if params.dataset is None:
        return None
    name = params.dataset.partition("/")[0]
    robot = size_of(MixedSourceParams(dataset=name), datasets.root.get(name), spec, folder_of)
    return None if robot is None else labeled_part(params, robot)
