"""Provenance of a model, as rows of the card: from its record, its weights and its configuration."""

from __future__ import annotations

from collections.abc import Iterator

from safetensors import safe_open

from lapa.export.checkpoint import ModelFolder
from lapa.models.storage import WEIGHTS
from lapa.records import digest_of_file

TITLES = {
    "laq": "Latent action quantiser",
    "foundation": "Foundation model of latent actions",
    "policy": "Robot policy",
}
Row = tuple[str, str]


def provenance(folder: ModelFolder) -> list[Row]:
    """What it is and what it was trained on: name and value."""
    rows = [
        ("kind", TITLES[folder.kind]),
        ("parameters", f"{num_parameters(folder):,}"),
        ("SHA-256 of the weights", f"`{digest_of_file(folder.path / WEIGHTS)}`"),
    ]
    record = folder.record
    if record is None:
        return [*rows, ("record", "none: the folder was not made by a stage of lapa")]
    trained = [
        ("steps", f"{record.step} ({record.selected} weights{_by(record.selected_by)})"),
        ("horizon H", f"{record.pair_spec.horizon_s:g} s"),
        ("samples", ", ".join(f"{count:,} {name}" for name, count in record.samples.items())),
        ("datasets of its actions", ", ".join(record.datasets)),
        ("made by", f"lapa {record.code_version}"),
    ]
    inputs = [(f"digest of {name}", f"`{digest}`") for name, digest in record.inputs.items()]
    notes = [("note", note) for note in record.notes]
    return [*rows, *(row for row in trained if row[1]), *inputs, *notes]


def metrics(folder: ModelFolder) -> list[Row]:
    """Validation metrics of the record."""
    record = folder.record
    return [] if record is None else [(f"`{n}`", f"{v:.4g}") for n, v in record.metrics.items()]


def num_parameters(folder: ModelFolder) -> int:
    """Numbers in the weights file, buffers included."""
    return sum(_sizes(folder))


def _sizes(folder: ModelFolder) -> Iterator[int]:
    with safe_open(folder.path / WEIGHTS, framework="np") as file:
        for name in file.keys():  # noqa: SIM118 - it is no dictionary
            size = 1
            for side in file.get_slice(name).get_shape():
                size *= side
            yield size


def _by(metric: str) -> str:
    return f" by {metric}" if metric else ""
