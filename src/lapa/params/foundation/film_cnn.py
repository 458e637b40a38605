"""Parameters of the backend `film_cnn`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lapa.params.foundation.backend import BackendParams


class FilmCnnParams(BackendParams):
    """Language-modulated convolutions: the embedded default, fast on a CPU."""

    kind: Literal["film_cnn"] = "film_cnn"
    implementation = "lapa.models.foundation.film_cnn.build:build_film_cnn"
    image_size: int = Field(default=64, gt=0)
    """Side of the square input, pixels; other images are resized to it."""
    patch_size: int = Field(default=4, gt=0)
    """Side of a cell of the feature grid, pixels."""
    channels: int = Field(default=48, gt=0)
    blocks: int = Field(default=3, gt=0)
    """Residual blocks, each modulated by the instruction."""
    text_dim: int = Field(default=64, gt=0)
    """Width of word vectors and of the instruction vector."""
    max_words: int = Field(default=4096, gt=3)
    """Largest vocabulary, special words included."""
    feature_dim: int = Field(default=256, gt=0)
