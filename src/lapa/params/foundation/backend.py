"""What every backend's parameters have; `BACKENDS` lists the built-in kinds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import SerializeAsAny

from lapa.params.base import Params
from lapa.params.kinds import Kinds


class BackendParams(Params):
    """Which network learns the latent actions, and its sizes."""

    kind: str
    implementation: ClassVar[str]
    """``module:name`` of what builds it (`lapa.models.foundation.build.BuildBackend`), imported when it is
    built."""

    def without_pretrained(self) -> Self:
        """The same sizes without folders of published weights: nothing is read to build it."""
        return self


BACKENDS = Kinds(
    "backend",
    BackendParams,
    {
        "film_cnn": "lapa.params.foundation.film_cnn:FilmCnnParams",
        "dual_encoder": "lapa.params.foundation.dual_encoder:DualEncoderParams",
        "action_tokens": "lapa.params.foundation.action_tokens:ActionTokensParams",
    },
)
"""Kind -> parameter class; a backend of this package adds one line."""

ChosenBackend = Annotated[SerializeAsAny[BackendParams], BACKENDS]
"""Type of a field that holds one of them."""
