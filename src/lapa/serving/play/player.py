"""A quantiser that plays: it reads the latent action of a pair, and draws what one does to a frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from einops import rearrange
from torch import Tensor

from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_bytes, to_float, to_frames
from lapa.serving.play.messages import Chain, Fan, Place, Step
from lapa.serving.play.scenes import Frame, Scenes
from lapa.serving.refusal import RequestError


class Player:
    """Answers for one quantiser and the scenes it is played in; one call at a time."""

    def __init__(self, laq: LatentActionQuantizer, scenes: Scenes) -> None:
        self._laq, self._scenes = laq, scenes
        self._device = next(laq.parameters()).device

    @property
    def has_codes(self) -> bool:
        """Whether there is anything to dial."""
        return self._laq.config.quantizer.has_codes

    @property
    def codebook_size(self) -> int:
        """K: values of a dial."""
        return self._laq.quantizer.codebook_size

    @property
    def num_codes(self) -> int:
        """S: dials."""
        return self._laq.config.code_seq_len

    def codes_of(self, place: Place) -> list[int] | None:
        """What the quantiser reads in a recorded pair; None where latents are continuous.

        Raises:
            RequestError: 404, there is no such pair.
        """
        if not self.has_codes:
            return None
        codes: list[int] = self._laq.codes(self._frames(place))[0].tolist()
        return codes

    @torch.no_grad()
    def play(self, chain: Chain) -> list[Frame]:
        """The first frame, then what every step draws: always a frame more than steps.

        Raises:
            RequestError: 404 for a scene or frame, 422 for codes that are not there.
        """
        first = self._scenes.pair(chain.start)[0]
        drawn, frame = [first], self._floats(first)
        for step in chain.steps:
            frame = self._laq.decode_vectors(frame, self._vectors(step)).clamp(0, 1)
            drawn.append(to_bytes(frame)[0].cpu().numpy())
        return drawn

    @torch.no_grad()
    def fan(self, fan: Fan) -> list[Frame]:
        """What the end of the chain becomes for every value of one dial.

        Raises:
            RequestError: as `play`; 422 for a dial that is not there.
        """
        if fan.position >= len(fan.codes):
            raise RequestError(
                422, f"position: found {fan.position}, expected 0 to {len(fan.codes) - 1}"
            )
        frame = self._floats(self.play(fan.chain)[-1])
        dialled = [_turned(fan.codes, fan.position, value) for value in fan.values]
        vectors = torch.cat([self._vectors(Step(codes=codes)) for codes in dialled])
        drawn = self._laq.decode_vectors(frame.expand(len(vectors), -1, -1, -1), vectors)
        return list(to_bytes(drawn.clamp(0, 1)).cpu().numpy())

    def _vectors(self, step: Step) -> Tensor:
        """What the decoder is given, ``(1, code, quant_dim)``."""
        if step.pair is not None:
            tokens: Tensor = self._laq(self._frames(step.pair)).quantized.tokens
            return tokens
        codes = self._checked(step.codes or [])
        return self._laq.quantizer.indices_to_vectors(torch.tensor([codes], device=self._device))

    def _checked(self, codes: Sequence[int]) -> Sequence[int]:
        if not self.has_codes:
            raise RequestError(
                422, "codes: these latents are continuous, there are none to dial; send a `pair`"
            )
        if len(codes) != self.num_codes:
            raise RequestError(422, f"codes: found {len(codes)}, expected {self.num_codes}")
        if wrong := [code for code in codes if not 0 <= code < self.codebook_size]:
            raise RequestError(
                422, f"codes: found {wrong[0]}, expected 0 to {self.codebook_size - 1}"
            )
        return codes

    def _frames(self, place: Place) -> Tensor:
        pair = torch.from_numpy(self._scenes.pair(place)).to(self._device)
        return to_frames(rearrange(pair, "t h w c -> 1 t h w c"))

    def _floats(self, frame: Frame) -> Tensor:
        return to_float(torch.from_numpy(np.ascontiguousarray(frame)).to(self._device))[None]


def _turned(codes: Sequence[int], position: int, value: int) -> list[int]:
    return [*codes[:position], value, *codes[position + 1 :]]
