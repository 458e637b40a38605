"""Peak memory of one process while it builds a sharded model of random weights: whole first, or its part alone.

    python benchmarks/sharded_build.py [--narrower 10] [--processes 4]

The model is that of `vla_7b`, its layers as many but narrower, its vocabulary whole. Each measurement is a
process of its own that takes itself for one of many (torch's fake process group), so the first and the last
one are enough. Megabytes above what the process held before it built.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.testing._internal.distributed.fake_pg import FakeStore

from lapa.distributed.memory import peak_memory_gib
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.initialization import count_parameters
from lapa.params.foundation.dual_encoder import DualEncoderParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.training.common.fabric import shard
from lapa.training.common.meta_build.recipe import keep_recipe
from lapa.training.common.meta_build.recorder import without_data
from lapa.training.common.seeding import seed_globally

SIZES = {
    "siglip": {"hidden_size": 1152, "intermediate_size": 4304, "layers": 27},
    "dinov2": {"hidden_size": 1024, "intermediate_size": 4096, "layers": 24},
    "language": {"hidden_size": 4096, "intermediate_size": 11008, "layers": 32},
}
HEADS = 16
MB = 1e6


def narrowed(by: int) -> FoundationModelParams:
    """Widths divided and rounded to what heads need: a multiple of two for each."""
    parts: dict[str, dict[str, Any]] = {}
    for name, sizes in SIZES.items():
        hidden = max(round(sizes["hidden_size"] / by / HEADS / 2), 1) * HEADS * 2
        ratio = sizes["intermediate_size"] / sizes["hidden_size"]
        parts[name] = {**sizes, "hidden_size": hidden, "heads": HEADS}
        parts[name]["intermediate_size"] = round(ratio * hidden)
    parts["language"]["vocabulary"] = 32_000
    return FoundationModelParams(
        backend=DualEncoderParams(**parts), code_seq_len=4, codebook_size=8
    )


def whole(config: FoundationModelParams) -> nn.Module:
    """All weights, as on one process."""
    seed_globally(0)
    return build_foundation(config, instructions=["reach"])


def dataless(config: FoundationModelParams) -> nn.Module:
    """None of them, but how to make them."""
    with without_data() as recipe:
        model = whole(config)
    keep_recipe(model, recipe)
    return model


WAYS = {"whole": whole, "part": dataless}


def measure(way: str, *, rank: int, processes: int, narrower: int) -> None:
    """Build, shard, and print the peak in MB, the parameters, and those of the largest tensor in millions."""
    torch.set_num_threads(1)
    WAYS[way](narrowed(100))  # what is imported on the way
    before = peak_memory_gib()
    dist.init_process_group("fake", store=FakeStore(), rank=rank, world_size=processes)
    names = ("data_parallel", "tensor_parallel")
    mesh = init_device_mesh("cpu", (processes, 1), mesh_dim_names=names)
    model = shard(WAYS[way](narrowed(narrower)), mesh, "32-true")
    peak = (peak_memory_gib() - before) * 2**30 / MB
    largest = max(parameter.numel() for parameter in model.parameters())
    print(f"{peak:.1f} {count_parameters(model) / 1e6:.1f} {largest / 1e6:.1f}")


def main() -> None:
    """Measure both ways on the first and on the last process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--narrower", type=int, default=10)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--one", nargs=2, metavar=("WAY", "RANK"), help="measure in this process")
    options = parser.parse_args()
    sizes = {"processes": options.processes, "narrower": options.narrower}
    if options.one:
        measure(options.one[0], rank=int(options.one[1]), **sizes)
        return
    peaks = {}
    for rank in (0, options.processes - 1):
        for way in WAYS:
            flags = [f"--{name}={value}" for name, value in sizes.items()]
            command = [sys.executable, __file__, "--one", way, str(rank), *flags]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            peaks[way], parameters, largest = map(float, printed.split()[-3:])
            print(f"process {rank} of {options.processes}, {way}: {peaks[way]:.0f} MB at its peak")
        print(f"  {peaks['part'] / peaks['whole']:.2f} of the memory")
    share = 4 * parameters / options.processes
    print(f"{parameters:.1f} M parameters: {4 * parameters:.0f} MB whole, {share:.0f} MB a process")
    print(f"largest tensor: {4 * largest:.0f} MB")


if __name__ == "__main__":
    main()
