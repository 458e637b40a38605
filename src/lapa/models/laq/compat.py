"""The original project's model, by its own argument and tensor names, for outside comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional

from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.laq.original_checkpoint import load_original, original_name, to_original
from lapa.params.laq.model import LaqModelParams

_REQUIRED = (
    "dim", "quant_dim", "codebook_size", "image_size", "patch_size", "spatial_depth",
    "temporal_depth",
)  # fmt: skip
_DEFAULTS = {"dim_head": 64, "heads": 8, "code_seq_len": 1}
_FIXED = {"channels": 3, "attn_dropout": 0.0, "ff_dropout": 0.0}


class OriginalView(nn.Module):
    """A compat model whose parameters and state go by the original's names.

    ``forward(video, noise)`` is the training loss.
    """

    def __init__(self, model: LatentActionQuantizer) -> None:
        super().__init__()
        # Unused tensors are frozen in ours; in the original only the lack of a gradient shows them.
        self.model = model.requires_grad_(True)

    def forward(self, video: Tensor, noise: Tensor) -> Tensor:
        """Return the mean squared error of the noisy reconstruction."""
        return loss(self, video, noise)

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, nn.Parameter]]:
        """Yield the parameters under the original's names."""
        start = f"{prefix}." if prefix else ""
        inner = self.model.named_parameters(recurse=recurse, remove_duplicate=remove_duplicate)
        for name, parameter in inner:
            yield start + original_name(name), parameter

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]
        """Return the tensors under the original's names."""
        return to_original(self.model)

    def load_state_dict(
        self, state_dict: Mapping[str, Tensor], strict: bool = True, assign: bool = False
    ) -> Any:
        """Load the original's tensors; always strict.

        Raises:
            ValueError: keys are missing or unexpected, or a shape differs.
        """
        load_original(self.model, state_dict)
        return torch.nn.modules.module._IncompatibleKeys([], [])


def build(cfg: Mapping[str, Any]) -> OriginalView:
    """Build the model from the original's constructor arguments.

    Raises:
        ValueError: an argument is unknown, missing, or asks for what no checkpoint uses.
    """
    unknown = set(cfg) - set(_REQUIRED) - set(_DEFAULTS) - set(_FIXED)
    missing = set(_REQUIRED) - set(cfg)
    other = {name: cfg[name] for name in _FIXED if cfg.get(name, _FIXED[name]) != _FIXED[name]}
    if unknown or missing or other:
        raise ValueError(
            f"unknown arguments {sorted(unknown)}, missing {sorted(missing)}, "
            f"not supported {other}; expected {_REQUIRED} and optionally {sorted(_DEFAULTS)}"
        )
    values = {**_DEFAULTS, **{name: cfg[name] for name in cfg if name not in _FIXED}}
    values["head_dim"] = values.pop("dim_head")
    return OriginalView(LatentActionQuantizer(LaqModelParams(lapa_compat=True, **values)))


def delta(model: OriginalView, video: Tensor) -> Tensor:
    """Return the vectors before quantisation ``(batch * code, quant_dim)``."""
    return rearrange(model.model.delta(video), "b s d -> (b s) d")


def indices(model: OriginalView, video: Tensor) -> Tensor:
    """Return the codes ``int64 (batch, code)``."""
    return model.model.codes(video)


def codes(model: OriginalView, video: Tensor) -> Tensor:
    """Return the codes ``int64 (batch, code)``; the cheap call, which touches no decoder."""
    return model.model.codes(video)


@torch.no_grad()
def recon(model: OriginalView, video: Tensor) -> Tensor:
    """Return the noise-free prediction of the second frame ``(batch, 3, height, width)``."""
    was_training = model.model.training
    reconstruction: Tensor = model.model.eval()(video).reconstruction
    model.model.train(was_training)
    return reconstruction


def loss(model: OriginalView, video: Tensor, noise: Tensor) -> Tensor:
    """Return the training loss for given noise ``(batch * code, quant_dim)``."""
    codes_per_pair = model.model.config.code_seq_len
    shaped = rearrange(noise, "(b s) d -> b s d", s=codes_per_pair)
    reconstruction: Tensor = model.model(video, noise=shaped).reconstruction
    return functional.mse_loss(reconstruction, video[:, :, 1])
