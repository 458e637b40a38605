"""Parameters of each action head; `HEADS` lists the built-in kinds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, SerializeAsAny

from lapa.params.base import Params
from lapa.params.kinds import Kinds


class HeadParams(Params):
    """What every head's parameters have."""

    kind: str
    implementation: ClassVar[str]
    """``module:Class`` of the `lapa.models.policy.heads.interface.ActionHead`, imported when it is built."""
    reads: ClassVar[Literal["features", "codes"]] = "features"
    """Its input: the backbone's features, or its predicted codes, which pass no gradient and no state."""

    @property
    def conditioned_on(self) -> Literal["features", "codes"]:
        """What it reads with these options: as `reads`, where nobody can choose."""
        return self.reads

    @property
    def starts_from_codebook(self) -> bool:
        """Whether it begins with the quantiser's vectors and so needs the quantiser."""
        return False

    def without_codebook(self) -> Self:
        """The same head for an arm that has no quantiser."""
        return self


class CodeEmbeddingParams(HeadParams):
    """Embeddings of the predicted codes, for heads that read them."""

    embedding_dim: int = Field(default=32, gt=0)
    """Width of a code's embedding."""
    embeddings: Literal["fresh", "codebook"] = "fresh"
    """Where the embeddings start: random, or the quantiser's codebook (``embedding_dim`` is then its
    ``quant_dim``); they learn either way. An arm without a quantiser (`scratch`) starts at random."""

    @property
    def starts_from_codebook(self) -> bool:
        """Whether the embeddings begin as the quantiser's vectors."""
        return self.conditioned_on == "codes" and self.embeddings == "codebook"

    def without_codebook(self) -> Self:
        """The same head with fresh embeddings."""
        return self.model_copy(update={"embeddings": "fresh"})


class ConditionedHeadParams(CodeEmbeddingParams):
    """A head that reads features or codes, as one chooses."""

    condition: Literal["features", "codes"] = "features"
    """The backbone's features, or embeddings of the codes that it predicts
    (`lapa.models.policy.heads.conditioning`)."""
    embeddings: Literal["fresh", "codebook"] = "codebook"

    @property
    def conditioned_on(self) -> Literal["features", "codes"]:
        """What was chosen."""
        return self.condition


class BinnedHeadParams(ConditionedHeadParams):
    """Head A: every action dimension is a classification over its bins."""

    kind: Literal["binned"] = "binned"
    implementation = "lapa.models.policy.heads.binned:BinnedHead"
    hidden_dim: int = Field(default=256, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    decode: Literal["expected", "argmax"] = "expected"
    """Mean of the predicted distribution, or its most likely bin."""
    target_sigma: float = Field(default=8.0, ge=0)
    """Width, in bins, of a Gaussian around the true bin as the target; 0 is one-hot. With few
    labels most of 256 bins are never seen, and neighbours should count as nearly right
    (`docs/finetune.md` has the measurement)."""


class MlpHeadParams(CodeEmbeddingParams):
    """Head B: predicted codes -> embeddings -> MLP -> action."""

    kind: Literal["mlp"] = "mlp"
    implementation = "lapa.models.policy.heads.mlp:MlpHead"
    reads = "codes"
    hidden_dims: tuple[int, ...] = (1024, 512, 256)


class L1HeadParams(ConditionedHeadParams):
    """Absolute error on a chunk of normalised actions."""

    kind: Literal["l1"] = "l1"
    implementation = "lapa.models.policy.heads.l1:L1Head"
    hidden_dim: int = Field(default=256, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    beta: float = Field(default=0.0, ge=0)
    """Errors below this (normalised units) count squared; 0 is the plain absolute error."""


class FlowHeadParams(ConditionedHeadParams):
    """Flow matching from noise to a chunk of normalised actions."""

    kind: Literal["flow"] = "flow"
    implementation = "lapa.models.policy.heads.flow:FlowHead"
    hidden_dim: int = Field(default=256, gt=0)
    time_dim: int = Field(default=32, gt=0, multiple_of=2)
    """Width of the sinusoidal embedding of the flow's time."""
    steps: int = Field(default=10, gt=0)
    """Euler steps per prediction."""


HEADS = Kinds(
    "head",
    HeadParams,
    {
        "binned": f"{__name__}:BinnedHeadParams",
        "mlp": f"{__name__}:MlpHeadParams",
        "l1": f"{__name__}:L1HeadParams",
        "flow": f"{__name__}:FlowHeadParams",
    },
)
"""Kind -> parameter class; a head of this package adds one line."""

ChosenHead = Annotated[SerializeAsAny[HeadParams], HEADS]
"""Type of a field that holds one of them."""
