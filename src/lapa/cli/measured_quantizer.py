"""A quantiser that somebody named for measuring: its record, or what its folder tells without one."""

from __future__ import annotations

from pathlib import Path

from lapa.models.storage import WEIGHTS, kind_of_model, read_config
from lapa.params.laq.model import LaqModelParams
from lapa.records import RECORD, Checkpoint, PairSpec, ShardSet, digest_of_file
from lapa.refused import RefusedError


def measured_quantizer(folder: Path, shards: ShardSet, *, horizon_s: float | None) -> Checkpoint:
    """The record of a quantiser that can be measured on these shards.

    Args:
        folder: with ``config.json`` and ``model.safetensors``.
        shards: the clips.
        horizon_s: H of a quantiser without a record, seconds.

    Raises:
        RefusedError: the folder holds no quantiser, nobody says its horizon, or it takes frames of
            another size.
    """
    if (kind := kind_of_model(folder)) != "laq":
        raise RefusedError(
            f"{folder} holds a model of kind {kind!r}, expected a quantiser ('laq'), such as "
            "data/06_models/RUN/laq"
        )
    size = read_config(folder, LaqModelParams).image_size
    if size != shards.image_size:
        raise RefusedError(
            f"{folder} takes frames of {size} pixels, found {shards.image_size} in {shards.path}: ingest the "
            f"recordings with `ingestion.image_size={size}`, or take a quantiser for {shards.image_size}"
        )
    return _record(folder, horizon_s)


def _record(folder: Path, horizon_s: float | None) -> Checkpoint:
    if (folder / RECORD).is_file():
        if horizon_s is not None:
            raise RefusedError(
                f"--horizon-s {horizon_s:g} is given, and the record of {folder} says its own; expected "
                "it only where there is no record"
            )
        return Checkpoint.read(folder).model_copy(update={"path": str(folder)})
    if horizon_s is None:
        raise RefusedError(
            f"{folder} has no {RECORD} that says its horizon; expected --horizon-s SECONDS"
        )
    return Checkpoint(
        path=str(folder),
        kind="laq",
        step=0,
        digest=digest_of_file(folder / WEIGHTS),
        inputs={},
        pair_spec=PairSpec(horizon_s=horizon_s),
        code_version="unknown",
        notes=("The quantiser has no record: steps, data and validation metrics are unknown.",),
    )
