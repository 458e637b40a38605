"""Quantisers whose codes are known: they move a picture in known directions, or do nothing at all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lapa.evaluation.codes.decoded_pairs import DecodedPairs
from lapa.evaluation.codes.latent_samples import encode_frames
from lapa.evaluation.codes.motion_of_flow import motion_of_flow
from lapa.evaluation.codes.pair_table import PairMotion, PairTable
from lapa.flow.dis import dis_flow
from lapa.params.evaluation import EvaluationParams, ProbeParams
from lapa.params.flow import FlowParams

SIDE, PATCH, FARTHEST = 48, 16, 4
"""Pixels: of the picture, of the patch in it, and of its longest move along one axis."""
GROUND = {"bright": 150, "dark": 40}
"""Dataset -> grey value of the ground, by which a decoder may tell scenes apart."""
PARAMS = EvaluationParams(probe=ProbeParams(resamples=100, folds=2))


class PatchClips:
    """Clips of three frames in which a textured patch moves twice; a sample is the first step."""

    def __init__(self, count: int, *, seed: int = 0, datasets: tuple[str, ...] = ("bright",)):
        random = np.random.default_rng(seed)
        self.dataset = np.array([datasets[i % len(datasets)] for i in range(count)])
        self.moves = random.integers(-FARTHEST, FARTHEST + 1, (count, 2, 2))
        self.moves[(self.moves == 0).all(axis=2)] = FARTHEST
        middle = (SIDE - PATCH) // 2
        start = np.full((count, 1, 2), middle) - self.moves[:, :1]
        self.corners = np.concatenate([start, start + self.moves.cumsum(axis=1)], axis=1)
        self.texture = random.integers(200, 256, (PATCH, PATCH, 1)).repeat(3, axis=2)
        self.table = SimpleNamespace(numbers={"num_frames": np.full(count, 3)})
        self.reader = self

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return {"frames": self.frames(index, [0, 1])}

    def position_of(self, index: int) -> tuple[int, int]:
        return index, 0

    def offset(self, _: int) -> int:
        return 1

    def frames(self, clip: int, frames: list[int]) -> NDArray[np.uint8]:
        ground = GROUND[self.dataset[clip]]
        images = np.full((len(frames), SIDE, SIDE, 3), ground, np.uint8)
        for image, frame in zip(images, frames, strict=True):
            x, y = self.corners[clip, frame]
            image[y : y + PATCH, x : x + PATCH] = self.texture
        return images


class Whole(nn.Module):
    """Moves are whole numbers: a code each, nothing is lost."""

    codebook_size = 4 * FARTHEST + 1

    def forward(self, delta: Tensor) -> SimpleNamespace:
        codes = delta[:, :, 0].long() + 2 * FARTHEST
        return SimpleNamespace(codes=codes, tokens=delta, pre_quantized=delta)


class MovingLaq(nn.Module):
    """Code 0 is the move to the right in pixels, code 1 the move down; the decoder moves the picture so."""

    config = SimpleNamespace(
        quantizer=SimpleNamespace(has_codes=True), grid_size=SIDE // PATCH, dim=16
    )

    def __init__(self, *, obeys: bool = True, mirrors: str = "", ordered: bool = True) -> None:
        super().__init__()
        self.somewhere = nn.Parameter(torch.zeros(()))
        self.quantizer = Whole()
        self.obeys, self.ordered = obeys, ordered
        self.mirrored = GROUND.get(mirrors, -1)

    def delta(self, frames: Tensor) -> Tensor:
        first, last = (self._corners(frames[:, :, step]) for step in (0, 1))
        moves = (last - first) * self._sign(frames[:, :, 0])[:, None]
        return moves[:, :, None].float()

    def decode_vectors(self, first: Tensor, vectors: Tensor) -> Tensor:
        if not self.obeys:
            return first
        if not self.ordered:
            vectors = vectors.mean(dim=1, keepdim=True).expand_as(vectors)
        moves = vectors[:, :, 0].round().long()
        return torch.stack(
            [
                torch.roll(image, (int(s * y), int(s * x)), dims=(1, 2))
                for image, (x, y), s in zip(first, moves, self._sign(first), strict=True)
            ]
        )

    def _sign(self, first: Tensor) -> Tensor:
        """-1 for scenes of the mirrored dataset, whose codes mean the opposite."""
        grounds = (first[:, 0, 0, 0] * 255).round().long()
        return torch.where(grounds == self.mirrored, -1, 1)

    @staticmethod
    def _corners(images: Tensor) -> Tensor:
        """Upper left corner of the patch in each picture, ``(batch, 2)``: x, y."""
        patch = images[:, 0] > 0.7
        columns, rows = patch.any(dim=1).int(), patch.any(dim=2).int()
        return torch.stack([columns.argmax(dim=1), rows.argmax(dim=1)], dim=1)


def see(frames: Tensor) -> PairMotion:
    """Motion by dense inverse search."""
    return motion_of_flow(dis_flow(frames).numpy(), FlowParams())


def decoded_patches(
    laq: MovingLaq,
    *,
    count: int = 36,
    datasets: tuple[str, ...] = ("bright",),
    kind: type[DecodedPairs] = DecodedPairs,
) -> DecodedPairs:
    """Pairs of `PatchClips`, three of an episode, as a quantiser encodes them."""
    clips = PatchClips(count, datasets=datasets)
    frames = torch.from_numpy(np.stack([clips[i]["frames"] for i in range(count)]))
    samples = encode_frames(laq, [frames])  # type: ignore[arg-type]
    table = PairTable(
        codes=samples.discrete,
        codebook_size=samples.codebook_size,
        vectors=samples.vectors,
        pre_quantized=samples.pre_quantized,
        dataset=clips.dataset,
        episode=np.arange(count) // 3,
        environment=np.array([f"table-{i // 3 % 2}" for i in range(count)]),
        instruction=np.full(count, ""),
        frame=np.zeros(count, np.int64),
        motion=see(frames),
    )
    return kind(
        models={"laq": laq},  # type: ignore[dict-item]
        dataset=clips,  # type: ignore[arg-type]
        rows=np.arange(count),
        table=table,
        vectors={"laq": samples.vectors},
        see=see,
        shortest=0.001,
        batch_size=16,
        seed=0,
    )
