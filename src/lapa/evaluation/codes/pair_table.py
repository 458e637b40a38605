"""One row a pair: all that analyses of codes read, so that no analysis decodes a frame it need not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64] | NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class PairMotion:
    """What moved in the picture between t and t+H, from optical flow; fractions of the image's width.

    The first axis points right, the second down. ``weighted`` and ``moving`` see a small gripper before a large
    still background, which ``mean`` drowns (requirement V7).
    """

    mean: NDArray[np.float32]
    """``(pair, 2)``: flow averaged over all pixels."""
    weighted: NDArray[np.float32]
    """``(pair, 2)``: Σ(flow·|flow|) / Σ|flow|."""
    moving: NDArray[np.float32]
    """``(pair, 2)``: flow averaged over the pixels that move; zero where none does."""
    magnitude: NDArray[np.float32]
    """``(pair,)``: mean of |flow|."""
    static: NDArray[np.bool_]
    """``(pair,)``: whether (nearly) no pixel moves."""


@dataclass(frozen=True, kw_only=True)
class PairTable:
    """Held-out pairs as arrays of one length: codes, vectors, motion, actions, states, where they come from."""

    codes: NDArray[np.int64] | None
    """``(pair, code)``; None where latents are continuous."""
    codebook_size: int
    vectors: NDArray[np.float32]
    """``(pair, code, quant_dim)``: what the decoder is given."""
    pre_quantized: NDArray[np.float32]
    """``(pair, code * quant_dim)``."""
    random_codes: NDArray[np.int64] | None = None
    """``(pair, code)`` of the untrained quantiser; None where there is no such control."""
    random_pre_quantized: NDArray[np.float32] | None = None
    """``(pair, code * quant_dim)`` of the untrained quantiser."""
    dataset: NDArray[np.str_]
    """``(pair,)``"""
    episode: NDArray[np.int64]
    """``(pair,)``: what a bootstrap draws and no probe may split; unique over all datasets."""
    environment: NDArray[np.str_]
    """``(pair,)``: scene or robot, as the source names it; empty where it does not."""
    instruction: NDArray[np.str_]
    """``(pair,)``; empty where there is none."""
    frame: NDArray[np.int64]
    """``(pair,)``: t, in frames of its clip."""
    motion: PairMotion | None = None
    """None where flow was not asked for."""
    actions: NDArray[np.float32] | None = None
    """``(pair, action_dim)`` over H; NaN where a dataset has none, or fewer. None without any."""
    action_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Dataset -> names of its columns of `actions`, from the left."""
    action_units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Dataset -> units of these columns; empty where the source does not tell."""
    states: NDArray[np.float32] | None = None
    """``(pair, state_dim)`` at t; NaN where a dataset has none, or fewer. None without any."""

    def __len__(self) -> int:
        return len(self.episode)

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets that have a pair, sorted."""
        return tuple(np.unique(self.dataset).tolist())

    @property
    def group(self) -> NDArray[np.int64]:
        """``(pair,)``: number of its dataset in `datasets`."""
        _, number = np.unique(self.dataset, return_inverse=True)
        return np.asarray(number, np.int64)

    @property
    def sequence(self) -> NDArray[np.int64]:
        """``(pair,)``: number of the whole code sequence, in the order of the sequences.

        Raises:
            TypeError: latents are continuous.
        """
        _, number = np.unique(self.discrete, axis=0, return_inverse=True)
        return np.asarray(number.reshape(-1), np.int64)

    @property
    def discrete(self) -> NDArray[np.int64]:
        """The codes ``(pair, code)``.

        Raises:
            TypeError: latents are continuous.
        """
        if self.codes is None:
            raise TypeError("continuous latents have no codes; read `vectors`")
        return self.codes

    @property
    def seen_motion(self) -> PairMotion:
        """What moved; for analyses that need `Need.FLOW`.

        Raises:
            TypeError: nobody looked.
        """
        if self.motion is None:
            raise TypeError("these pairs have no flow; add Need.FLOW to the analysis's needs")
        return self.motion

    def take(self, rows: Rows) -> PairTable:
        """Return the table of some rows: numbers of rows, or a mask, e.g. of one dataset or environment."""
        kept: dict[str, Any] = {
            name: None if column is None else column[rows] for name, column in _columns(self)
        }
        motion = self.motion
        if motion is not None:
            kept["motion"] = PairMotion(**{name: c[rows] for name, c in _columns(motion)})
        return replace(self, **kept)


def _columns(table: PairTable | PairMotion) -> list[tuple[str, Any]]:
    """Everything that has one entry a pair, but for `PairMotion` itself."""
    whole = {"codebook_size", "action_names", "action_units", "motion"}
    return [(f.name, getattr(table, f.name)) for f in fields(table) if f.name not in whole]
