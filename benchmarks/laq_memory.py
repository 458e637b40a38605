"""Peak memory of a whole training of the quantiser: start, steps, resume file, validation, saving.

    python benchmarks/laq_memory.py --shards clips256 --env laq_full_low_memory
    python benchmarks/laq_memory.py --shards clips256 --env laq_full_low_memory --optimiser adamw

The training has the parameters of the environment, but few steps; the peak is the largest resident set of the
process, interpreter and libraries included.
"""

from __future__ import annotations

import argparse
import json
import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from laq_collapse_recipes import environment_params, merged

from lapa.params.laq.stage import LaqParams
from lapa.records import PairSpec, ShardSet
from lapa.training.laq import fit


def peak_gb() -> float:
    """Largest resident set of this process so far, in 10^9 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def params_of(environment: str, changes: dict[str, Any]) -> LaqParams:
    """The environment's parameters, cut to a few steps that do everything at least once."""
    steps = {
        "trainer": {
            "max_steps": 4,
            "validate_every": 2,
            "checkpoint_every": 2,
            "log_every": 2,
            "accelerator": "cpu",
            "val_max_samples": 8,
        },
        "optimizer": {"warmup_steps": 1},
        "collapse_gate": {"min_utilization": 0.0},
    }
    return LaqParams.model_validate(merged(merged(environment_params(environment), steps), changes))


def main() -> None:
    """Train a few steps and print the peak."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=Path, required=True, help="folder of a shard set")
    parser.add_argument("--env", default="laq_full_low_memory")
    parser.add_argument("--optimizer", choices=["adamw", "adafactor"])
    parser.add_argument("--horizon", type=float, default=0.4, help="seconds")
    args = parser.parse_args()
    changes = {"optimizer": {"kind": args.optimizer}} if args.optimizer else {}
    params = params_of(args.env, changes)
    shards = ShardSet.read(args.shards).model_copy(update={"path": str(args.shards)})
    imports = peak_gb()
    with TemporaryDirectory(prefix="laq-memory-") as work:
        fit(
            shards=shards,
            pair_spec=PairSpec(horizon_s=args.horizon),
            params=params,
            work=Path(work),
        )
    results = {
        "environment": args.env,
        "optimizer": params.optimizer.kind,
        "batch": params.trainer.batch_size,
        "imports_gb": round(imports, 2),
        "peak_gb": round(peak_gb(), 2),
    }
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
