"""Measure the latent action quantiser: CPU-seconds, rate against a GEMM, peak memory.

    python benchmarks/laq_step.py --config small --out laq_step.json
    python benchmarks/laq_step.py --config default --batches 2 8 --precisions fp32 bf16

Every (precision, batch) runs in its own process, so that the peak memory is its own; CPU seconds
are process time on one thread, and the best of the repetitions counts, because other work on the
machine can only add to it. Each process also times a matrix product of the same precision: the
rates are comparable within a row even where the machine is noisy between rows. The marginal cost
per sample (between the two largest batches) leaves out what a step costs whatever its batch:
casting the weights and the position bias.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from lapa.models.laq import LatentActionQuantizer
from lapa.params.laq.model import LaqModelParams

CONFIGS: dict[str, dict[str, Any]] = {
    "default": {},
    "small": {
        "image_size": 64,
        "patch_size": 8,
        "dim": 256,
        "heads": 4,
        "spatial_depth": 4,
        "temporal_depth": 4,
    },
}
VARIANTS: dict[str, dict[str, Any]] = {
    "compat": {"lapa_compat": True},
    "ours": {},
    "difference": {
        "encode_difference": True,
        "normalize_delta": True,
        "predict_difference": True,
        "quant_dim": 4,
    },
}


def _cpu_seconds(call: Callable[[], object], repetitions: int) -> float:
    call()
    times = []
    for _ in range(repetitions):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def _gemm_flops_per_second(dtype: torch.dtype, rows: int) -> float:
    left, right = torch.randn(rows, 1024, dtype=dtype), torch.randn(2048, 1024, dtype=dtype)
    with torch.no_grad():
        seconds = _cpu_seconds(lambda: functional.linear(left, right), 10)
    return 2 * rows * 1024 * 2048 / seconds


def _flops(call: Callable[[], object]) -> int:
    """FLOPs of the matrix products; torch counts depthwise convolutions as dense ones."""
    with FlopCounterMode(display=False) as counter:
        call()
    by_operation = counter.get_flop_counts()["Global"]
    return sum(count for name, count in by_operation.items() if "conv" not in str(name))


def measure(
    config: str, variant: str, precision: str, batch: int, repetitions: int, *, compiled: bool
) -> dict[str, Any]:
    """Measure one combination in this process."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = LatentActionQuantizer(LaqModelParams(**{**CONFIGS[config], **VARIANTS[variant]}))
    side = model.config.image_size
    frames = torch.rand(batch, 3, 2, side, side)
    low = precision == "bf16"

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=low):
            reconstruction = model(frames).reconstruction
        functional.mse_loss(reconstruction.float(), frames[:, :, 1]).backward()
        model.zero_grad()

    def codes() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=low):
            model.codes(frames)

    row: dict[str, Any] = {
        "config": config, "variant": variant, "precision": precision, "batch": batch,
        "compiled": compiled,
        "parameters": sum(p.numel() for p in model.parameters()),
    }  # fmt: skip
    dtype = torch.bfloat16 if low else torch.float32
    row["gemm_gflops_per_s"] = _gemm_flops_per_second(dtype, 1024) / 1e9
    calls = {"codes": codes, "step": step}
    flops_of = {name: _flops(call) for name, call in calls.items()}
    if compiled:  # the codes-only path is a method of its own and stays as it is
        model.compile()
    for name, call in calls.items():
        seconds, flops = _cpu_seconds(call, repetitions), flops_of[name]
        row |= {
            f"{name}_cpu_s": seconds,
            f"{name}_gflop": flops / 1e9,
            f"{name}_samples_per_cpu_s": batch / seconds,
            f"{name}_gflops_per_s": flops / seconds / 1e9,
        }
    row["gemm_gflops_per_s_after"] = _gemm_flops_per_second(dtype, 1024) / 1e9
    row["peak_memory_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return row


def _marginal(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cost per further sample, and its ratio to its own FLOPs at the GEMM's rate."""
    result = []
    for variant, precision in dict.fromkeys((r["variant"], r["precision"]) for r in rows):
        same = [r for r in rows if (r["variant"], r["precision"]) == (variant, precision)]
        if len({r["batch"] for r in same}) < 2:
            continue
        few, many = sorted(same, key=lambda r: r["batch"])[-2:]
        extra = many["batch"] - few["batch"]
        entry: dict[str, Any] = {"variant": variant, "precision": precision}
        rate = sum(r["gemm_gflops_per_s"] + r["gemm_gflops_per_s_after"] for r in (few, many)) / 4
        for name in ("step", "codes"):
            seconds = (many[f"{name}_cpu_s"] - few[f"{name}_cpu_s"]) / extra
            ideal = (many[f"{name}_gflop"] - few[f"{name}_gflop"]) / extra / rate
            entry |= {f"{name}_cpu_s_per_sample": seconds, f"{name}_over_gemm": seconds / ideal}
        result.append(entry)
    return result


def _in_own_process(arguments: list[str]) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def main() -> None:
    """Run every combination and print (and write) the table as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", choices=CONFIGS, default="small")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=["compat", "difference"])
    parser.add_argument(
        "--precisions", nargs="+", choices=["fp32", "bf16"], default=["fp32", "bf16"]
    )
    parser.add_argument("--batches", nargs="+", type=int, default=[2, 8])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--compile", action="store_true", help="compile the forward pass")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", nargs=5, metavar="VALUE", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        config, variant, precision, batch, repetitions = args.one
        numbers = int(batch), int(repetitions)
        row = measure(config, variant, precision, *numbers, compiled=args.compile)
        print(json.dumps(row))
        return
    rows = []
    for variant in args.variants:
        for precision in args.precisions:
            for batch in args.batches:
                values = [args.config, variant, precision, str(batch), str(args.repetitions)]
                flags = ["--compile"] if args.compile else []
                rows.append(_in_own_process([*values, *flags]))
                print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    text = json.dumps({"rows": rows, "marginal": _marginal(rows)}, indent=2)
    print(text)
    if args.out:
        args.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
