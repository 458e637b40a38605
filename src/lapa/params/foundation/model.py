"""What describes a foundation model alone, without its training."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lapa.params.base import Params
from lapa.params.foundation.backend import ChosenBackend


class FoundationModelParams(Params):
    """Everything needed to rebuild a foundation model; saved as its ``config.json``."""

    kind: Literal["foundation"] = "foundation"
    code_seq_len: int = Field(gt=0)
    """S, codes per latent action."""
    codebook_size: int = Field(gt=1)
    """K."""
    backend: ChosenBackend
