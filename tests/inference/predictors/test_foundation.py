"""Codes of any backend, with the distributions that they were chosen from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lapa.inference.inputs.open_input import Selection, open_input
from lapa.inference.predict import predict
from lapa.inference.predictors.foundation import FoundationPredictor, code_probabilities
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.storage import load_foundation
from lapa.params.foundation.backend import BackendParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.records import FrameCodec
from lapa.refused import RefusedError
from toys.backends import tiny, tiny_tokens
from toys.three_models import ThreeModels

CPU = torch.device("cpu")


def test_codes_are_those_of_the_model_and_the_likeliest(models: ThreeModels) -> None:
    recordings = open_input((Path(models.shards.path),), Selection())
    predictor = FoundationPredictor(models.foundation, device=CPU)
    (said,) = predict(predictor, recordings, batch_size=5).recordings
    images = torch.from_numpy(recordings[0].pictures(range(12), models.shards.codec))
    instructions = [recordings[0].instruction or ""] * 12
    expected = load_foundation(models.foundation).predict_codes(images, instructions)
    np.testing.assert_array_equal(said.arrays["codes"], expected)
    assert said.arrays["probabilities"].shape == (12, 2, 4)
    np.testing.assert_array_equal(said.arrays["probabilities"].argmax(axis=-1), expected)


@pytest.mark.parametrize(
    "backend",
    [tiny(), tiny(decoding="autoregressive"), tiny_tokens(), tiny_tokens(head="extra")],
    ids=["parallel", "in turn", "tokens", "extra head"],
)
def test_probabilities_belong_to_the_codes_whatever_the_backend(backend: BackendParams) -> None:
    torch.manual_seed(0)
    config = FoundationModelParams(code_seq_len=3, codebook_size=5, backend=backend)
    words = ["push the red cube", "lift it"]
    model = build_foundation(config, instructions=words).eval()
    images = torch.randint(0, 256, (2, 32, 32, 3), dtype=torch.uint8)
    codes, probabilities = code_probabilities(model, images, words)
    assert torch.equal(codes, model.predict_codes(images, words))
    assert probabilities.shape == (2, 3, 5)
    torch.testing.assert_close(probabilities.sum(dim=-1), torch.ones(2, 3))
    assert torch.equal(probabilities.argmax(dim=-1), codes)


def test_the_codec_is_assumed_or_that_of_the_shards(models: ThreeModels) -> None:
    def facts(**given: Any) -> dict[str, Any]:
        return dict(FoundationPredictor(models.foundation, device=CPU, **given).facts()["frames"])

    assert facts()["from"] == "defaults of ingestion"
    assert facts()["image_size"] == 32
    like = FrameCodec(image_size=24, resize="squash")
    assert facts(frames_like=like) == {
        **like.model_dump(),
        "from": "shard set named by --frames-like",
    }


def test_a_backend_without_a_size_asks_for_the_shards(tmp_path: Path) -> None:
    config = FoundationModelParams(code_seq_len=3, codebook_size=5, backend=tiny())
    (tmp_path / "config.json").write_text(config.model_dump_json())
    with pytest.raises(
        RefusedError, match=r"'dual_encoder' does not say the size .* --frames-like"
    ):
        FoundationPredictor(tmp_path, device=CPU)
