"""Made-up checkpoint files of the original project and of HLRP, at any size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from omegaconf import OmegaConf
from torch import Tensor

from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.original_checkpoint import from_original, to_original
from lapa.params.laq.model import LaqModelParams

State = dict[str, Tensor]
_RENAMED = ("dec_spatial_transformer.", "to_pixels_first_frame.", "to_patch_emb_first_frame.")


class Sizes(NamedTuple):
    """Of one made-up quantizer."""

    codes: int
    grid: int
    patch: int = 2
    dim: int = 12
    codebook: int = 8
    quant_dim: int = 4
    heads: int = 2
    head_dim: int = 8
    spatial: int = 1
    temporal: int = 1

    @property
    def config(self) -> LaqModelParams:
        return LaqModelParams(
            image_size=self.grid * self.patch,
            patch_size=self.patch,
            dim=self.dim,
            heads=self.heads,
            head_dim=self.head_dim,
            spatial_depth=self.spatial,
            temporal_depth=self.temporal,
            code_seq_len=self.codes,
            codebook_size=self.codebook,
            quant_dim=self.quant_dim,
            lapa_compat=True,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """As HLRP's `model_config` has them, with some that are of no interest."""
        size = {"image_size": self.grid * self.patch, "code_seq_len": self.codes}
        return {**size, "use_dinov3_encoder": False, "flow": {"enabled": True}, "rates": [1, 2]}

    def frames(self) -> Tensor:
        """Four random pairs of the size."""
        generator = torch.Generator().manual_seed(1)
        side = self.grid * self.patch
        return torch.rand(4, 3, 2, side, side, generator=generator)


def original_state(sizes: Sizes) -> State:
    """Under the original's names; no tensor has its initial value, the rows lie among the deltas."""
    torch.manual_seed(0)
    state = to_original(LatentActionQuantizer(sizes.config))
    state = {n: t + 0.1 * torch.randn(t.shape) for n, t in state.items()}
    delta = from_original(state, sizes.config).pre_quant(sizes.frames()).flatten(0, 1)
    spread = delta.std(dim=0) * torch.randn(sizes.codebook, sizes.quant_dim)
    return {**state, "vq.codebooks": delta.mean(dim=0) + spread}


def hlrp_state(
    state: Mapping[str, Tensor],
    *,
    prefix: str = "model.",
    flow: bool = False,
    auxiliary: bool = False,
    pixels: bool = True,
) -> State:
    """The same tensors as HLRP would save them, with the further decoders that are asked for."""
    decoder, head, embedding = (_part(state, name) for name in _RENAMED)
    renamed = {name: tensor for name, tensor in state.items() if not name.startswith(_RENAMED)}
    for name in ("pixel_projection.", "encoder_projection.", "decoder_context_projection."):
        renamed |= {name + key: tensor for key, tensor in embedding.items()}
    wanted = {"aux": auxiliary, "pixel": pixels}
    for name in (name for name, is_wanted in wanted.items() if is_wanted):
        # where there are both, the auxiliary decoder is the one that is shown
        shift = 1.0 if auxiliary and name == "pixel" else 0.0
        renamed |= {f"{name}_decoder.{key}": tensor + shift for key, tensor in decoder.items()}
        renamed |= {f"{name}_to_pixels.{key}": tensor + shift for key, tensor in head.items()}
    if flow:
        renamed |= {f"flow_decoder.transformer.{key}": tensor for key, tensor in decoder.items()}
        renamed["flow_decoder.to_flow.0.weight"] = torch.zeros(2, 2)
    return {prefix + name: tensor for name, tensor in renamed.items()}


def _part(state: Mapping[str, Tensor], start: str) -> State:
    return {n.removeprefix(start): t for n, t in state.items() if n.startswith(start)}


def save_lightning(
    path: Path, state: Mapping[str, Tensor], settings: Mapping[str, Any], **further: Any
) -> Path:
    """As Lightning saves HLRP: its configuration in OmegaConf objects that know the whole run's."""
    run = OmegaConf.create({"model": dict(settings), "training": {}, "data": {"path": "/secret"}})
    content = {
        "epoch": 1,
        "global_step": 1234,
        "state_dict": OrderedDict(state),
        "optimizer_states": [],
        "hyper_parameters": {"model_config": run.model, "training_config": run.training},
    }
    torch.save({**content, **further}, path)
    return path
