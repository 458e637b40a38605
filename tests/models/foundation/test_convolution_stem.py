"""Convolutions in place of patches: shapes, Qwen3-VL's order of patches, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.convolution_stem import ConvolutionStem, FlatPatchStem
from lapa.models.foundation.storage import load_foundation, save_foundation
from lapa.params.foundation.action_tokens import ActionTokensParams, QwenSizes
from lapa.params.foundation.dual_encoder import VisionEncoderParams
from lapa.params.foundation.model import FoundationModelParams
from toys.backends import tiny, tiny_tokens

VISION = {"hidden_size": 32, "intermediate_size": 64, "layers": 1, "heads": 2}
TEXTS = ["reach the red cube", "lift"]


@pytest.mark.parametrize(("patch_size", "dim"), [(2, 24), (4, 8), (8, 64)])
def test_one_cell_per_patch(patch_size: int, dim: int) -> None:
    stem = ConvolutionStem(dim=dim, patch_size=patch_size)
    assert stem(torch.rand(2, 3, 32, 16)).shape == (2, dim, 32 // patch_size, 16 // patch_size)
    assert stem.weight.dtype == torch.float32


@pytest.mark.parametrize("merge_size", [1, 2])
def test_flat_patches_give_the_cells_of_the_image(merge_size: int) -> None:
    torch.manual_seed(0)
    flat = FlatPatchStem(dim=16, patch_size=4, grid=8, merge_size=merge_size)
    images = torch.randint(0, 256, (3, 32, 32, 3), dtype=torch.uint8)
    processor = Qwen2VLImageProcessorPil(
        patch_size=4,
        merge_size=merge_size,
        size={"shortest_edge": 32**2, "longest_edge": 32**2},
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
    )
    patches = processor(list(images.numpy()), return_tensors="pt")["pixel_values"]
    cells = flat.stem(images.permute(0, 3, 1, 2) / 127.5 - 1)
    # cells in the processor's order: blocks of merge x merge, row by row
    m = merge_size
    expected = cells.unfold(2, m, m).unfold(3, m, m).permute(0, 2, 3, 4, 5, 1).reshape(-1, 16)
    torch.testing.assert_close(flat(patches), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("backend", ["dual_encoder", "action_tokens"])
def test_models_keep_their_stem_on_disk(backend: str, tmp_path: Path) -> None:
    vision = VisionEncoderParams(image_size=32, patch_size=8, stem="convolutions", **VISION)
    parts = {
        "dual_encoder": tiny(siglip=vision, dinov2=vision, instruction_first=True),
        "action_tokens": tiny_tokens(
            sizes=QwenSizes(stem="convolutions", merge_size=1), instruction_first=True
        ),
    }
    config = FoundationModelParams(code_seq_len=4, codebook_size=8, backend=parts[backend])
    torch.manual_seed(0)
    model = build_foundation(config, instructions=TEXTS).eval()
    names = [name for name, _ in model.named_parameters() if "patch" in name]
    stems = [name for name in names if name.endswith("layers.0.weight")]
    assert len(stems) == {"dual_encoder": 2, "action_tokens": 1}[backend]
    images = torch.randint(0, 256, (2, 32, 32, 3), dtype=torch.uint8)
    save_foundation(tmp_path, model, config)
    again = load_foundation(tmp_path)
    assert torch.equal(again.features(images, TEXTS), model.features(images, TEXTS))


def test_published_weights_and_odd_patches_are_refused() -> None:
    with pytest.raises(ValueError, match=r"convolutions with pretrained weights '/models/siglip'"):
        VisionEncoderParams(pretrained="/models/siglip", stem="convolutions", **VISION)
    with pytest.raises(ValueError, match="patch_size 14, expected a power of two"):
        VisionEncoderParams(patch_size=14, stem="convolutions", **VISION)
    with pytest.raises(ValueError, match="convolutions with pretrained weights '/models/qwen'"):
        ActionTokensParams(pretrained="/models/qwen", sizes=QwenSizes(stem="convolutions"))
    with pytest.raises(
        ValueError, match=r"image_size 68 .* multiple of patch_size x merge_size = 16"
    ):
        tiny_tokens(image_size=68, sizes=QwenSizes(stem="convolutions"))


def test_images_that_are_not_square_are_refused() -> None:
    backend = tiny_tokens(sizes=QwenSizes(stem="convolutions"))
    config = FoundationModelParams(code_seq_len=4, codebook_size=8, backend=backend)
    model = build_foundation(config, instructions=TEXTS)
    with pytest.raises(ValueError, match=r"patches \(time, rows, columns\), expected \[1, 4, 4\]"):
        model.features(torch.zeros(2, 16, 64, 3, dtype=torch.uint8), TEXTS)
