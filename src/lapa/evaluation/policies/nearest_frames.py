"""Labelled frames by what they look like: which one is nearest to a held-out frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from lapa.data.loading.robot import RobotDataset
from lapa.data.loading.slots import subset

CELLS = 16
"""Frames are compared as 16x16 thumbnails in colour."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class NearestFrames:
    """An index of labelled frames, and the actions that followed each."""

    neighbors: NearestNeighbors
    chunks: Floats
    """``(frame, time, action_dim)``; beyond an episode's end its last action goes on."""
    center: Floats
    """Mean of pictures and states, ``(feature,)``."""
    weight: Floats
    """What each feature is multiplied by."""

    def actions(self, frames: Tensor, states: Tensor | None) -> Floats:
        """Actions of the nearest labelled frames, ``float32 (batch, time, action_dim)``.

        Args:
            frames: ``uint8 (batch, height, width, 3)``.
            states: ``float (batch, state_dim)``, where the index was made with states.
        """
        queries = (features(frames, states) - self.center) * self.weight
        nearest = self.neighbors.kneighbors(queries, n_neighbors=1, return_distance=False)
        return np.asarray(self.chunks[nearest[:, 0]])


def index_labeled_frames(dataset: RobotDataset, *, max_frames: int, seed: int) -> NearestFrames:
    """Index labelled frames by thumbnail, and by state where the dataset reads states.

    All pixels together weigh as much as all state columns together: each group is divided by the root
    of its total variance, state columns each by their own deviation first.

    Args:
        dataset: labelled training episodes.
        max_frames: at most; the first of a seeded order.
        seed: of that order.
    """
    chosen = subset(dataset.slots, max_frames, seed=seed, table=dataset.table)
    rows, chunks = [], []
    for index in np.searchsorted(dataset.slots, chosen).tolist():
        item = dataset[index]
        states = torch.from_numpy(item["states"])[None] if dataset.with_states else None
        rows.append(features(torch.from_numpy(item["frames"])[None], states)[0])
        chunks.append(_filled(item["actions"], item["action_mask"]))
    known = np.stack(rows)
    center, weight = known.mean(axis=0), _weights(known)
    neighbors = NearestNeighbors(algorithm="brute").fit((known - center) * weight)
    return NearestFrames(neighbors=neighbors, chunks=np.stack(chunks), center=center, weight=weight)


def features(frames: Tensor, states: Tensor | None) -> Floats:
    """Thumbnail and state of every frame, ``float32 (batch, feature)``."""
    pixels = rearrange(frames.float() / 255, "batch h w rgb -> batch rgb h w")
    thumbnails = rearrange(adaptive_avg_pool2d(pixels, CELLS), "batch rgb h w -> batch (rgb h w)")
    parts = [thumbnails] if states is None else [thumbnails, states.float()]
    return np.asarray(torch.cat(parts, dim=1).numpy())


def _weights(known: Floats) -> Floats:
    """One weight per feature: of all pixels, and of each state column that moves."""
    pixels = 3 * CELLS**2
    deviation = known.std(axis=0)
    total = float(np.sqrt((deviation[:pixels] ** 2).sum()))
    moves = deviation[pixels:] > 1e-6
    columns = np.zeros(len(moves), np.float32)
    columns[moves] = 1 / (deviation[pixels:][moves] * np.sqrt(moves.sum()))
    return np.concatenate([np.full(pixels, 1 / max(total, 1e-6), np.float32), columns])


def _filled(actions: Floats, mask: NDArray[np.bool_]) -> Floats:
    """A chunk whose end beyond the episode repeats the last action; the first is always there."""
    last = np.minimum(np.arange(len(actions)), int(mask.sum()) - 1)
    return np.asarray(actions[last])
