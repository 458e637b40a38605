"""Measure the tabletop: pictures per CPU-second, the expert's success, the time to record.

    python benchmarks/tabletop.py --episodes 200 --record 2000

prints one JSON object. Rates are per second of CPU time of one process, the best of three runs.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lapa.envs.record import record_episodes
from lapa.envs.tabletop import TabletopEnv
from lapa.envs.tabletop.tasks import TASKS
from lapa.params.envs import RecordParams, TabletopParams


def rate(work: Callable[[], object], repeats: int) -> float:
    """Calls per CPU-second, the best of three runs."""
    times = []
    for _ in range(3):
        start = time.process_time()
        for _ in range(repeats):
            work()
        times.append(time.process_time() - start)
    return round(repeats / min(times), 1)


def rates(size: int) -> dict[str, float]:
    """Pictures and control steps (expert, physics, picture) per CPU-second."""
    env = TabletopEnv(image_size=size)
    env.reset(seed=0)
    return {
        "steps_per_cpu_s": rate(lambda: env.step(env.expert_action()), 50),
        "pictures_per_cpu_s": rate(env._image, 50),
    }


def successes(params: TabletopParams, episodes: int, noise: float = 0.25) -> int:
    """How often the expert succeeds while N(0, noise) disturbs its actions."""
    env = TabletopEnv(params=params)
    count = 0
    for seed in range(episodes):
        generator = np.random.default_rng([seed, 9])
        env.reset(seed=seed)
        done = cut = False
        while not (done or cut):
            action = env.expert_action() + generator.normal(0, noise, 4)
            _, _, done, cut, _ = env.step(np.clip(action, -1, 1).astype(np.float32))
        count += done
    return count


def recording(episodes: int) -> dict[str, float]:
    """Wall seconds to record episodes of the default tasks with two processes."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        record = record_episodes(Path(folder), RecordParams(num_episodes=episodes, workers=2))
        seconds = round(time.perf_counter() - start, 1)
    return {"episodes": record.episodes, "frames": record.frames, "wall_s": seconds}


def main() -> None:
    """Print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=200, help="per task, for the expert")
    parser.add_argument("--record", type=int, default=2000, help="episodes to record; 0 skips it")
    arguments = parser.parse_args()
    five = {"colors": ("red", "green", "blue", "yellow", "purple"), "num_objects": 5}
    results = {
        "rates": {size: rates(size) for size in (64, 128, 256)},
        "expert_successes": {
            task: {
                name: successes(
                    TabletopParams(tasks=(task,), image_size=16, **extra), arguments.episodes
                )
                for name, extra in (("three_objects", {}), ("five_objects", five))
            }
            for task in TASKS
        },
        "episodes_per_task": arguments.episodes,
    }
    if arguments.record:
        results["recording"] = recording(arguments.record)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
