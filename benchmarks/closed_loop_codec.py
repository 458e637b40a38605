"""Success in closed loop with and without the codec of the shards, on the same scenes.

    python benchmarks/closed_loop_codec.py [--run main] [--arm lapa] [--data data] [--scenes 200]

Takes a policy of a finished run. Each scene is tried twice: with pictures that went through the square and JPEG of
the policy's shards, as `evaluate_policy` shows them, and with the simulator's own pictures. Prints both rates
with 95 % intervals, and the paired difference.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lapa.evaluation.policies.rollout import rollout
from lapa.evaluation.statistics.intervals import paired_difference, success_rate
from lapa.models.policy.storage import load_policy
from lapa.params.envs import TabletopParams
from lapa.records import Metric, ShardSet


def main() -> None:
    """Roll out twice per task, print one line per figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", default="main")
    parser.add_argument("--arm", default="lapa")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=190_000)
    parser.add_argument("--max-steps", type=int, default=30)
    parser.add_argument("--tasks", nargs="+", default=["reach", "lift"])
    options = parser.parse_args()
    codec = ShardSet.read(options.data / "03_primary" / options.run / "tabletop").codec
    policy = load_policy(options.data / "06_models" / options.run / options.arm / "policy")
    simulator = TabletopParams(image_size=codec.image_size, max_steps=options.max_steps)
    seeds = range(options.first_seed, options.first_seed + options.scenes)
    print(codec)
    for task in options.tasks:
        stored, drawn = (
            rollout(
                policy,
                simulator=simulator,
                task=task,
                seeds=seeds,
                codec=shown,
                with_states=policy.state_input is not None,
            )
            for shown in (codec, None)
        )
        show(success_rate(f"{task} with codec", stored.successes))
        show(success_rate(f"{task} without", drawn.successes))
        show(paired_difference(f"{task} with - without", stored.successes, drawn.successes))


def show(metric: Metric) -> None:
    """Print a metric with its interval."""
    print(f"{metric.name:24} {metric.value:+.3f} [{metric.low:+.3f}, {metric.high:+.3f}]")


if __name__ == "__main__":
    main()
