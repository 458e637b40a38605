"""Latent action codes beside a shard set: one safetensors file per shard, a row per owned frame."""

from lapa.data.labels.of_member import load_member_codes
from lapa.data.labels.read_labels import load_codes, require_recorded_labels
from lapa.data.labels.shard_labels import (
    LARGEST_CODEBOOK,
    read_sidecar,
    require_codes_fit,
    sidecar,
    write_sidecar,
)
from lapa.data.labels.write_labels import finish_labels

__all__ = [
    "LARGEST_CODEBOOK",
    "finish_labels",
    "load_codes",
    "load_member_codes",
    "read_sidecar",
    "require_codes_fit",
    "require_recorded_labels",
    "sidecar",
    "write_sidecar",
]
