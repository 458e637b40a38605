"""The two graphs of a quantiser say what its own methods say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from lapa.export.graphs.quantizer import quantizer_graphs
from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.laq.storage import load_laq
from lapa.params.laq.model import LaqModelParams
from toys.quantizers import tiny_laq

FRAMES = np.random.default_rng(0).integers(0, 256, (3, 2, 16, 16, 3), dtype=np.uint8)


def test_codes_and_future_are_those_of_the_model(tmp_path: Path) -> None:
    tiny_laq(tmp_path / "laq")
    encode, decode = quantizer_graphs(load_laq(tmp_path / "laq"))
    made = encode.run({"frames": FRAMES})
    expected = encode.reference({"frames": FRAMES}, [])
    np.testing.assert_array_equal(made["codes"], expected["codes"])
    np.testing.assert_array_equal(made["vectors"], expected["vectors"])
    given = {"frame": FRAMES[:, 0], "codes": made["codes"]}
    future = decode.run(given)["future"]
    assert future.shape == (3, 16, 16, 3)
    np.testing.assert_array_equal(future, decode.reference(given, [])["future"])


def test_continuous_latents_are_decoded_from_vectors() -> None:
    torch.manual_seed(0)
    sizes = {
        "image_size": 16,
        "patch_size": 2,
        "dim": 16,
        "heads": 2,
        "head_dim": 8,
        "quant_dim": 4,
    }
    config = LaqModelParams(
        **sizes, spatial_depth=1, temporal_depth=1, codebook_size=1, quantizer={"kind": "none"}
    )
    encode, decode = quantizer_graphs(LatentActionQuantizer(config).eval())
    assert list(decode.inputs) == ["frame", "vectors"]
    vectors = encode.run({"frames": FRAMES})["vectors"]
    first, moved = (
        decode.run({"frame": FRAMES[:, 0], "vectors": v})["future"] for v in (vectors, vectors + 1)
    )
    assert not np.array_equal(first, moved)
