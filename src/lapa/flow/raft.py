"""Optical flow by RAFT (Teed and Deng 2020) as torchvision builds it, a dependency of this file alone."""

from __future__ import annotations

import pickle
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from einops import rearrange
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from lapa.models.layers.pixels import to_float
from lapa.params.flow import RaftParams

_SIDE_MULTIPLE = 8
_SMALLEST_SIDE = 128
"""Its features have an eighth of the side, which the correlation pyramid halves three times."""
_FILES = (".safetensors", ".pth", ".pt")


class RaftFlow:
    """A frozen RAFT that is neither trained nor saved with the quantiser: no `nn.Module`.

    It runs where the pairs are, in float32 under autocast too, so that the target does not depend
    on the precision of training.
    """

    def __init__(self, params: RaftParams) -> None:
        self._model: nn.Module = build_raft(params).eval().requires_grad_(False)
        self._updates = params.updates

    @torch.no_grad()
    def __call__(self, pairs: Tensor) -> Tensor:
        """See the flow.

        Args:
            pairs: ``uint8 (batch, 2, height, width, 3)``; resized if RAFT cannot take their size.

        Returns:
            ``float32 (batch, height, width, 2)``: right and down, pixels of the given images.
        """
        model = self._model.to(pairs.device)
        with torch.autocast(pairs.device.type, enabled=False):
            images = 2 * to_float(pairs) - 1
            first, last = (_accepted(image) for image in images.unbind(dim=1))
            flow: Tensor = model(first, last, num_flow_updates=self._updates)[-1]
            flow = _given_back(flow, height=pairs.shape[2], width=pairs.shape[3])
        return rearrange(flow, "b xy h w -> b h w xy")


def _accepted(images: Tensor) -> Tensor:
    """Enlarge ``(batch, 3, height, width)`` to the next size that RAFT takes."""
    height, width = images.shape[-2:]
    size = (_accepted_side(height), _accepted_side(width))
    if size == (height, width):
        return images
    return functional.interpolate(images, size, mode="bilinear")


def _accepted_side(side: int) -> int:
    return max(_SMALLEST_SIDE, -(-side // _SIDE_MULTIPLE) * _SIDE_MULTIPLE)


def _given_back(flow: Tensor, *, height: int, width: int) -> Tensor:
    """Bring ``(batch, 2, height, width)`` of enlarged images to the size and pixels of the images."""
    tall, wide = flow.shape[-2:]
    if (tall, wide) == (height, width):
        return flow
    smaller = functional.interpolate(flow, (height, width), mode="area")
    scale = rearrange(smaller.new_tensor([width / wide, height / tall]), "xy -> xy 1 1")
    return smaller * scale


def build_raft(params: RaftParams) -> nn.Module:
    """Build a RAFT with the weights that were named.

    Raises:
        ModuleNotFoundError: torchvision is not installed.
        RuntimeError: torchvision does not fit torch, or the weights do not fit the network.
        FileNotFoundError: there is no such file.
        ValueError: torchvision knows no weights of that name, or the file is damaged or no mere tensors.
    """
    flow = import_optical_flow()
    build = flow.raft_large if params.size == "large" else flow.raft_small
    path = Path(params.weights).expanduser()
    state = _read(path) if path.suffix in _FILES else _fetched(flow, params)
    model: nn.Module = build(weights=None)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise RuntimeError(
            f"{path} does not fit torchvision's raft_{params.size}: {error}; expected all of its "
            "parameter names and shapes. Set `flow.raft.size` to what the file holds, or "
            "convert weights of another implementation"
        ) from error
    return model


def _fetched(flow: Any, params: RaftParams) -> dict[str, Tensor]:
    """Torchvision's own weights; its constructor would unpickle what it downloads."""
    known = flow.Raft_Large_Weights if params.size == "large" else flow.Raft_Small_Weights
    try:
        weights = known[params.weights.upper()]
    except KeyError as error:
        raise ValueError(
            f"`flow.raft.weights` is {params.weights!r}, expected a file that ends in "
            f"{', '.join(_FILES)}, or a name of torchvision's raft_{params.size} weights such as "
            "'default'"
        ) from error
    state: dict[str, Tensor] = weights.get_state_dict(
        progress=False, check_hash=True, weights_only=True
    )
    return state


def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise FileNotFoundError(
            f"`flow.raft.weights` names {path}, which is no file; expected weights, or "
            "'default' to let torchvision download its own"
        )
    try:
        if path.suffix == ".safetensors":
            state: dict[str, Tensor] = load_file(path)
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise ValueError(
            f"`flow.raft.weights` names {path}, which is damaged or holds more than tensors "
            f"({str(error).partition(chr(10))[0]}): nothing of it was run; save its state dict as safetensors"
        ) from error
    return state


def import_optical_flow() -> Any:
    """Import ``torchvision.models.optical_flow``, or say what to install."""
    otherwise = "or choose `dis` instead, which needs OpenCV alone"
    try:
        return import_module("torchvision.models.optical_flow")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"flow by `raft` needs torchvision ({error}): where torch is a CUDA "
            f"build, `pip install 'lapa[raft]'`; {otherwise}",
            name=error.name,
        ) from error
    except (ImportError, OSError, RuntimeError) as error:
        raise RuntimeError(
            f"torchvision is installed but does not import beside torch {torch.__version__} "
            f"({error}): a torchvision built for CUDA does not run with a torch built for the CPU. "
            f"Install both from one index, {otherwise} (`pip uninstall torchvision`)"
        ) from error
