"""Datasets are named in three places, which must know each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from lapa.params.arms import DEFAULT, KNOWN
from lapa.params.chosen_arms import ArmsParams, arms_named
from lapa.params.experiment import robot_set
from lapa.params.ingestion import IngestionParams
from lapa.params.mixture import DatasetsParams, MixtureParams
from lapa.refused import RefusedError, alternatives

MIXTURE = "mixture"
"""Folder of the mixture's record, beside those of the shard sets."""


def require_known_datasets(parameters: Mapping[str, Any]) -> None:
    """Refuse a mixture or a finetuning of datasets that nobody describes, and settings that do not exist.

    Args:
        parameters: checked by section.

    Raises:
        RefusedError: one line for each.
    """
    known = parameters["datasets"]
    wrong = [
        *_unknown(parameters, known),
        *_misnamed(parameters, known),
        *_wrong_settings(parameters),
        *_unlabeled(parameters),
    ]
    wrong += [] if wrong else _unlike_frames(parameters)
    if wrong:
        raise RefusedError("\n".join(wrong))


def _unknown(parameters: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    for place, source in enumerate(parameters["mixture"]["sources"]):
        if (name := source["dataset"]) not in known:
            where = f"mixture.sources[{place}].dataset"
            yield f"{where}: no dataset {name!r} under `datasets`{alternatives(name, sorted(known))}"
    labeled = parameters["finetune"].get("dataset")
    if labeled is not None and (name := robot_set(labeled)) not in known:
        yield f"finetune.dataset: no dataset {name!r} under `datasets`{alternatives(name, sorted(known))}"


def _misnamed(parameters: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    chosen = arms_named(ArmsParams.model_validate(parameters.get("arms", DEFAULT)).root)
    taken = {MIXTURE, *(arm.name for arm in (*KNOWN, *chosen))}
    for name in known:
        if name in taken or not name.isidentifier():
            yield (
                f"datasets: {name!r} cannot be the name of a dataset, expected letters, digits and '_', and "
                f"none of {sorted(taken)}, which are arms and the mixture's folder: it names nodes and folders"
            )


def _unlabeled(parameters: Mapping[str, Any]) -> Iterator[str]:
    """Codes and actions are learnt together only of a robot that is labelled, as the mixture is."""
    finetune = parameters["finetune"]
    labeled = finetune.get("dataset")
    mixture = MixtureParams.model_validate(parameters["mixture"])
    watched = [source.dataset for source in mixture.sources]
    if labeled is None or not finetune.get("joint_latent_weight"):
        return
    if robot_set(labeled) not in watched:
        yield (
            f"finetune.joint_latent_weight is {finetune['joint_latent_weight']}, but {robot_set(labeled)!r} has "
            f"no codes: expected one of mixture.sources {watched}; watch the robot too, or set it to 0"
        )


def _unlike_frames(parameters: Mapping[str, Any]) -> Iterator[str]:
    """Frames of a mixture are alike: asked before anything is ingested."""
    common = IngestionParams.model_validate(parameters["ingestion"])
    known = DatasetsParams.model_validate(parameters["datasets"]).root
    watched = MixtureParams.model_validate(parameters["mixture"]).sources
    settings = {name: known[name].ingestion(common) for name in (s.dataset for s in watched)}
    kinds = {name: (own.image_size, own.resize) for name, own in settings.items()}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{name}: {size} px by {how}" for name, (size, how) in kinds.items())
        yield (
            f"the frames of a mixture must be alike, found {listed}: no `image_size` or `resize` of its own "
            "under datasets.NAME.settings for what is watched"
        )


def _wrong_settings(parameters: Mapping[str, Any]) -> Iterator[str]:
    common = IngestionParams.model_validate(parameters["ingestion"])
    for name, dataset in DatasetsParams.model_validate(parameters["datasets"]).root.items():
        try:
            dataset.ingestion(common)
        except ValidationError as refused:
            for error in refused.errors():
                where = ".".join(map(str, ("datasets", name, "settings", *error["loc"])))
                unknown = error["type"] == "extra_forbidden" and len(error["loc"]) == 1
                known = alternatives(str(error["loc"][0]), list(IngestionParams.model_fields))
                yield f"no parameter {where!r}{known}" if unknown else f"{where}: {error['msg']}"
