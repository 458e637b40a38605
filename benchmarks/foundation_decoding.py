"""Latency and accuracy of parallel and autoregressive decoding of the dual encoder.

    python benchmarks/foundation_decoding.py [--samples 64] [--steps 300] [--repeats 30] [--layers 12]

Both decodings train on the same made-up pairs (one bright square; the codes name its place) and are
timed on one image. With caching, decoding in turn reads image and text once too; what it pays is
one more pass of the decoder per further code, so the ratio approaches S as the decoder gets deeper.
"""

from __future__ import annotations

import argparse
import statistics
import time

import torch

from lapa.models.foundation.interface import LatentPolicy
from lapa.models.foundation.storage import build_foundation
from lapa.params.foundation import FoundationModelParams, LanguageModelParams
from lapa.params.foundation_presets import tiny

S, K, SIDE = 4, 8, 32
TEXT = "find the bright square"


def made_up(count: int) -> dict[str, object]:
    """Images with a bright square; codes are the bits of its cell on an 8 x 8 grid, and copies."""
    generator = torch.Generator().manual_seed(0)
    cells = torch.randint(0, 8, (count, 2), generator=generator)
    images = torch.randint(0, 90, (count, SIDE, SIDE, 3), generator=generator, dtype=torch.uint8)
    for image, (row, column) in zip(images, (cells * 4).tolist(), strict=True):
        image[row : row + 4, column : column + 4] = 250
    codes = torch.cat([cells, cells.flip(1)], dim=1)
    return {"image": images, "text": [TEXT] * count, "latent_codes": codes}


def trained(decoding: str, batch: dict[str, object], steps: int, layers: int) -> LatentPolicy:
    """A model overfitted to the batch."""
    language = LanguageModelParams(
        hidden_size=64, intermediate_size=128, layers=layers, heads=4, max_positions=128
    )
    backend = tiny(decoding=decoding, language=language)
    config = FoundationModelParams(code_seq_len=S, codebook_size=K, backend=backend)
    torch.manual_seed(0)
    model = build_foundation(config, instructions=[TEXT])
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(steps):
        optimiser.zero_grad()
        model.loss(batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    return model.eval()


def milliseconds(model: LatentPolicy, batch: dict[str, object], repeats: int) -> float:
    """Median time of one prediction for one image."""
    image = batch["image"][:1]  # type: ignore[index]
    times = []
    for _ in range(repeats + 3):
        begin = time.perf_counter()
        model.predict_codes(image, [TEXT])
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times[3:])


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--layers", type=int, default=12, help="decoder layers; Llama-2-7B has 32")
    options = parser.parse_args()
    batch = made_up(options.samples)
    results = {}
    for decoding in ("parallel", "autoregressive"):
        model = trained(decoding, batch, options.steps, options.layers)
        hits = model.predict_codes(batch["image"], batch["text"]) == batch["latent_codes"]
        results[decoding] = milliseconds(model, batch, options.repeats)
        print(
            f"{decoding:<15} {results[decoding]:7.1f} ms per image   top-1 {hits.float().mean():.3f}"
            f"   sequences {hits.all(1).float().mean():.3f}"
        )
    print(
        f"parallel is {results['autoregressive'] / results['parallel']:.1f} times as fast, S = {S}"
    )


if __name__ == "__main__":
    main()
