"""Latency and accuracy of parallel and autoregressive decoding of the dual encoder.

    python benchmarks/foundation_decoding.py [--samples 32] [--steps 600] [--repeats 40] [--layers 12]

Both decodings overfit the same made-up pairs (one bright square; the codes name its place): each
trains until it decodes every sequence, so that latencies are compared at equal accuracy. Then they
take turns on one image. *Whole* is from pixels to codes; *decoder* has image and text embedded
already. With caching, decoding in turn reads image and text once too; what it pays is one more pass
of the decoder per further code, so both ratios approach S as the decoder gets deeper.
Times are processor times: on one thread they are the latency of a quiet machine.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.dual_encoder.model import DualEncoder
from lapa.params.foundation.dual_encoder import (
    DualEncoderParams,
    LanguageModelParams,
    VisionEncoderParams,
)
from lapa.params.foundation.model import FoundationModelParams

S, K, SIDE = 4, 8, 32
TEXT = "find the bright square"
CHECK_EVERY = 20


def made_up(count: int) -> dict[str, object]:
    """Images with a bright square; codes are the row and column of its cell, both ways round."""
    generator = torch.Generator().manual_seed(0)
    cells = torch.randint(0, 8, (count, 2), generator=generator)
    images = torch.randint(0, 90, (count, SIDE, SIDE, 3), generator=generator, dtype=torch.uint8)
    for image, (row, column) in zip(images, (cells * 4).tolist(), strict=True):
        image[row : row + 4, column : column + 4] = 250
    codes = torch.cat([cells, cells.flip(1)], dim=1)
    return {"frames": images, "instructions": [TEXT] * count, "latent_codes": codes}


def trained(decoding: str, batch: dict[str, object], most: int, layers: int) -> DualEncoder:
    """A model that decodes the whole batch rightly, or as far as ``most`` steps got it."""
    language = LanguageModelParams(
        hidden_size=64, intermediate_size=128, layers=layers, heads=4, max_positions=128
    )
    vision = VisionEncoderParams(
        image_size=SIDE, patch_size=8, hidden_size=32, intermediate_size=64, layers=1, heads=2
    )
    backend = DualEncoderParams.model_validate(
        {"siglip": vision, "dinov2": vision, "language": language, "decoding": decoding}
    )
    config = FoundationModelParams(code_seq_len=S, codebook_size=K, backend=backend)
    torch.manual_seed(0)
    model = build_foundation(config, instructions=[TEXT])
    assert isinstance(model, DualEncoder)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for step in range(most):
        optimizer.zero_grad()
        model.loss(batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % CHECK_EVERY == CHECK_EVERY - 1 and correct(model, batch).all():
            print(f"{decoding}: every sequence after {step + 1} steps", flush=True)
            break
    return model.eval()


def correct(model: DualEncoder, batch: dict[str, object]) -> NDArray[np.bool_]:
    """Which codes the model decodes rightly by itself, ``(sample, code)``."""
    hits = model.predict_codes(batch["frames"], batch["instructions"]) == batch["latent_codes"]  # type: ignore[arg-type]
    return np.asarray(hits.numpy())


def milliseconds(model: DualEncoder, image: torch.Tensor) -> float:
    """Processor time of one prediction for one image."""
    begin = time.process_time()
    model.predict_codes(image, [TEXT])
    return 1000 * (time.process_time() - begin)


def in_turns(
    models: dict[str, DualEncoder], image: torch.Tensor, repeats: int
) -> dict[str, NDArray[np.float64]]:
    """Times of every model, measured alternately, the first rounds left out."""
    rounds = [[milliseconds(model, image) for model in models.values()] for _ in range(repeats + 5)]
    table = np.array(rounds[5:])
    return {name: table[:, column] for column, name in enumerate(models)}


@torch.no_grad()
def keep_what_was_read(model: DualEncoder, image: torch.Tensor) -> None:
    """Embed image and text once and for all, so that only the decoder is left to time."""
    read = model._prefix(image, [TEXT])
    model._prefix = lambda *_: read  # type: ignore[method-assign]


def interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Median and its 95 % interval by resampling."""
    generator = np.random.default_rng(0)
    medians = np.median(generator.choice(values, (2000, len(values))), axis=1)
    return float(np.median(values)), *np.quantile(medians, (0.025, 0.975)).tolist()


def wilson(hits: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Share and its 95 % Wilson interval."""
    n, share, z = hits.size, float(hits.mean()), 1.96
    middle, half = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + (z / n / 2) ** 2)
    return share, (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


def report(part: str, times: dict[str, NDArray[np.float64]]) -> None:
    """Print medians of a part and their ratio."""
    for name, values in times.items():
        print("{:<8} {:<15} {:7.2f} ms  [{:.2f}, {:.2f}]".format(part, name, *interval(values)))
    ratio = interval(times["autoregressive"] / times["parallel"])
    print("{:<8} parallel is {:.2f} [{:.2f}, {:.2f}] times as fast".format(part, *ratio))


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--steps", type=int, default=600, help="at most")
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--layers", type=int, default=12, help="decoder layers; Llama-2-7B has 32")
    options = parser.parse_args()
    torch.set_num_threads(1)
    batch = made_up(options.samples)
    models = {
        decoding: trained(decoding, batch, options.steps, options.layers)
        for decoding in ("parallel", "autoregressive")
    }
    print(f"S = {S}, {options.layers} decoder layers, {options.samples} samples, 95 % intervals")
    for name, model in models.items():
        hits = correct(model, batch)
        print("{:<15} top-1 {:.3f} [{:.3f}, {:.3f}]".format(name, *wilson(hits)), end="   ")
        print("sequences {:.3f} [{:.3f}, {:.3f}]".format(*wilson(hits.all(axis=1))))
    image = batch["frames"][:1]  # type: ignore[index]
    report("whole", in_turns(models, image, options.repeats))
    for model in models.values():
        keep_what_was_read(model, image)
    report("decoder", in_turns(models, image, options.repeats))


if __name__ == "__main__":
    main()
