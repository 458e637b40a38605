"""HLRP's LAQ checkpoints: the original's arithmetic under other names, with copies and further decoders.

HLRP (felixmin/high-level-robot-planner) computes as the original does, for encoders without DINO.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

_PREFIX = "model."
"""Put before every key by Lightning."""
_EMBEDDING = "pixel_projection."
_COPIES = ("encoder_projection.", "decoder_context_projection.")
"""The same module, saved under further names."""
_DINO = ("dino_feature_extractor.", "dino_encoder.", "encoder_projection.encoder.")
_OLD_DECODER = "dec_spatial_transformer."
_PICTURE_DECODERS = ("aux_", "pixel_")
"""By the name HLRP puts before both of their parts; where there are both, it shows the first one's."""
_OTHER_DECODERS = {"flow_decoder.": "optical flow", "dino_decoder.": "DINO features"}
_NAMES = (
    *(_EMBEDDING, *_COPIES, *_DINO, *_OTHER_DECODERS),
    *(f"{start}{part}" for start in _PICTURE_DECODERS for part in ("decoder.", "to_pixels.")),
)
_NO_PICTURE = (
    "the file has no decoder of pixels: every reconstruction is black, and what is measured on "
    "reconstructions says nothing; its codes are not concerned"
)


class HlrpState(NamedTuple):
    """HLRP's tensors under the original's names."""

    state: dict[str, Tensor]
    has_decoder: bool
    """Whether a decoder of pixels is among them."""
    notes: tuple[str, ...]
    """What was left out, in sentences."""


def is_hlrp(state: Iterable[str]) -> bool:
    """Whether these are keys of HLRP, of any of its revisions."""
    return any(name.startswith((_PREFIX, *_NAMES)) for name in state)


def from_hlrp(state: Mapping[str, Tensor], *, uses_dino: bool = False) -> HlrpState:
    """Rename HLRP's tensors and leave out what the original has no place for.

    Args:
        state: as in the file, with or without ``model.``.
        uses_dino: what the settings say of the encoder.

    Raises:
        ValueError: a DINO encoder, a file of before the decoders were renamed, or a copy of the patch
            embedding that differs from it.
    """
    named = {name.removeprefix(_PREFIX): tensor for name, tensor in state.items()}
    _require_known_revision(named, uses_dino=uses_dino)
    _require_equal_copies(named)
    decoder = next((d for d in _PICTURE_DECODERS if _begins(named, f"{d}decoder.")), None)
    kept, dropped = {}, set()
    for name, tensor in named.items():
        if start := next((s for s in _left_out(decoder) if name.startswith(s)), None):
            dropped.add(start)
        else:
            kept[_original_name(name, decoder)] = tensor
    return HlrpState(kept, decoder is not None, tuple(_notes(dropped, decoder)))


def _left_out(decoder: str | None) -> tuple[str, ...]:
    others = (f"{start}decoder." for start in _PICTURE_DECODERS if start != decoder)
    heads = (f"{start}to_pixels." for start in _PICTURE_DECODERS if start != decoder)
    return (*_COPIES, *_OTHER_DECODERS, *others, *heads)


def _notes(dropped: set[str], decoder: str | None) -> Iterable[str]:
    for start, drawn in _OTHER_DECODERS.items():
        if start in dropped:
            yield f"the decoder of {drawn} was left out: training alone uses one"
    if decoder == "aux_" and "pixel_decoder." in dropped:
        yield "reconstructions are those of the auxiliary decoder, as in HLRP; the other was left out"
    if decoder is None:
        yield _NO_PICTURE


def _original_name(name: str, decoder: str | None) -> str:
    renamed = {_EMBEDDING: "to_patch_emb_first_frame."}
    if decoder is not None:
        renamed |= {
            f"{decoder}decoder.": _OLD_DECODER,
            f"{decoder}to_pixels.": "to_pixels_first_frame.",
        }
    for theirs, original in renamed.items():
        if name.startswith(theirs):
            return original + name.removeprefix(theirs)
    return name


def _begins(state: Iterable[str], start: str | tuple[str, ...]) -> bool:
    return any(name.startswith(start) for name in state)


def _require_known_revision(state: Mapping[str, Tensor], *, uses_dino: bool) -> None:
    if uses_dino or _begins(state, _DINO):
        raise ValueError(
            "HLRP checkpoint: found a DINO encoder, expected one of pixels (use_dinov3_encoder: "
            "false); what it computes is not reproduced here: give a checkpoint trained without DINO"
        )
    if _begins(state, _OLD_DECODER):
        raise ValueError(
            f"HLRP checkpoint: found keys {_OLD_DECODER}*, expected pixel_decoder.* or none: it is of "
            "a revision before 2026-01-10, whose arithmetic was never compared; give a later one"
        )


def _require_equal_copies(state: Mapping[str, Tensor]) -> None:
    for name, tensor in state.items():
        if start := next((copy for copy in _COPIES if name.startswith(copy)), None):
            source = state.get(_EMBEDDING + name.removeprefix(start))
            if source is None or not torch.equal(source, tensor):
                raise ValueError(
                    f"HLRP checkpoint: {name} differs from {_EMBEDDING}{name.removeprefix(start)}, "
                    "expected equal copies; this model embeds patches in more than one way"
                )
