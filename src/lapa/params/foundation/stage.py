"""Parameters of the foundation stage: which network learns the latent actions, and how."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from lapa.params.fabric import FabricStageParams
from lapa.params.foundation.backend import ChosenBackend
from lapa.params.foundation.model import FoundationModelParams


class FoundationParams(FabricStageParams):
    """Stage 2: learn to predict latent actions from frame t and an instruction."""

    backend: ChosenBackend
    code_seq_len: int = Field(default=4, gt=0)
    """S; must equal the label set's, of codes of a quantiser. Where labels are actions these decide."""
    codebook_size: int = Field(default=8, gt=1)
    """K, likewise."""
    online_labels: bool = False
    """Compute codes by the frozen quantiser while training, instead of reading a label set."""

    @model_validator(mode="after")
    def _codes_keep_their_side(self) -> Self:
        if self.augmentation.flip:
            raise ValueError(
                f"foundation.augmentation.flip is {self.augmentation.flip}, expected 0: the codes of a "
                "mirrored image are not known, and instructions name sides"
            )
        return self

    def of_sizes(self, *, code_seq_len: int, codebook_size: int) -> Self:
        """These parameters for codes of another length and codebook: those of labels that are actions."""
        sizes = {"code_seq_len": code_seq_len, "codebook_size": codebook_size}
        return self.model_copy(update=sizes)

    def model(self) -> FoundationModelParams:
        """The part that describes the model alone."""
        return FoundationModelParams(
            code_seq_len=self.code_seq_len, codebook_size=self.codebook_size, backend=self.backend
        )
