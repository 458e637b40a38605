"""Measure Meta-World: the expert's success under noise, task by task, and steps and pictures per CPU-second.

    python benchmarks/metaworld_experts.py --episodes 20 --noise 0.1 --tasks drawer-open-v3 push-v3

prints one JSON object a line. Without --tasks all fifty are tried. Nothing is drawn while the expert is tried.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np

from lapa.envs.base import open_simulator
from lapa.envs.metaworld.world import open_expert, open_world, start
from lapa.params.metaworld import LONGEST, SENTENCES, MetaWorldParams


def milliseconds(work: Callable[[], object], repeats: int) -> float:
    """CPU time of one call, of this process."""
    begin = time.process_time()
    for _ in range(repeats):
        work()
    return round(1000 * (time.process_time() - begin) / repeats, 2)


def costs(size: int, repeat: int, task: str = "drawer-open-v3") -> dict[str, float]:
    """CPU time of a control step with its picture and expert, and of one step of MetaWorld alone."""
    params = MetaWorldParams(tasks=(task,), image_size=size, action_repeat=repeat)
    simulator, world = open_simulator(params), open_world(task)
    simulator.reset(0)
    start(world, 0)
    still = np.zeros(4, np.float32)
    return {
        "control_step_ms": milliseconds(lambda: simulator.step(simulator.expert_action()), 40),
        "physics_ms": milliseconds(lambda: world.step(still), 100),
        "start_ms": milliseconds(lambda: start(world, 1), 5),
    }


def lengths(task: str, *, repeat: int, noise: float, episodes: int) -> list[int]:
    """Control steps that the disturbed expert needed, of the episodes in which it succeeded."""
    world, expert, needed = open_world(task), open_expert(task), []
    for seed in range(episodes):
        generator = np.random.default_rng([seed, 9])
        observation = start(world, seed)
        for step in range(LONGEST // repeat):
            wanted = np.clip(expert.get_action(observation), -1, 1)
            action = np.clip(wanted + generator.normal(0, noise, 4), -1, 1).astype(np.float32)
            success = False
            for _ in range(repeat):
                observation, _, _, _, info = world.step(action)
                success = success or bool(info["success"])
            if success:
                needed.append(step + 1)
                break
    return needed


def main() -> None:
    """Print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=20, help="per task")
    parser.add_argument(
        "--noise", type=float, default=0.1, help="standard deviation, of actions in [-1, 1]"
    )
    parser.add_argument("--repeat", type=int, default=4, help="steps that an action is held for")
    parser.add_argument("--size", type=int, default=64, help="pixels")
    parser.add_argument("--tasks", nargs="*", default=list(SENTENCES))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # the experts warn of actions that have to be clipped
    print(json.dumps(costs(arguments.size, arguments.repeat)), flush=True)
    for task in arguments.tasks:
        needed = lengths(
            task, repeat=arguments.repeat, noise=arguments.noise, episodes=arguments.episodes
        )
        facts = {"task": task, "successes": len(needed), "episodes": arguments.episodes}
        if needed:
            facts |= {"median_steps": statistics.median(needed), "most_steps": max(needed)}
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
