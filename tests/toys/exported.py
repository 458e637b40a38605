"""Tiny models in folders, and what their exports need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from lapa.export.card.licenses import Licenses
from lapa.export.export import export_model
from lapa.export.exported import Exported
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.storage import save_foundation
from lapa.params.foundation.backend import BackendParams
from lapa.params.foundation.model import FoundationModelParams

SENTENCE = "move the red square to the left"
WORDS = 8
"""Of a graph's instructions: those of `SENTENCE` and the beginning."""


def tiny_foundation(folder: Path, backend: BackendParams) -> Path:
    """An untrained foundation model: S = 2, K = 4."""
    torch.manual_seed(0)
    config = FoundationModelParams(code_seq_len=2, codebook_size=4, backend=backend)
    save_foundation(folder, build_foundation(config, instructions=[SENTENCE]), config)
    return folder


def exported(checkpoint: Path | str, out: Path, **changes: Any) -> Exported:
    """Export with few samples; ``changes`` are arguments of `export_model`."""
    arguments: dict[str, Any] = {
        "form": "torch",
        "shards": None,
        "samples": 9,
        "words": WORDS,
        "tolerance": 1e-4,
        "licenses": Licenses(),
    }
    return export_model(Path(checkpoint), out, **{**arguments, **changes})
