"""Many clients ask a served policy at once: how long each waits, whether any is lost, whether all are right.

    python benchmarks/serve_load.py POLICY [--clients 16] [--requests 1000] [--height 240] [--width 320]

Starts `lapa serve POLICY` on a free port as a process of its own. Every client asks for one observation at a
time, without a pause, over a connection that it keeps. Each answer is compared with what the policy says of
that observation alone, in this process.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.data.shards.images import as_stored
from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import load_policy
from lapa.serving.client import Client, observation

DISTINCT = 50
"""Observations that the clients take in turn."""
TEXTS = ("reach the red cube", "lift the blue cube", "")


@dataclass(frozen=True)
class Question:
    """An observation, and the policy's own answer."""

    message: dict[str, Any]
    answer: NDArray[np.float32]


def questions(policy: Policy, height: int, width: int) -> list[Question]:
    """Frames of noise with instructions and, where the policy reads one, states."""
    made = []
    for number in range(DISTINCT):
        random = np.random.default_rng(number)
        frame = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
        text, state = TEXTS[number % len(TEXTS)], None
        if policy.state_input is not None:
            state = random.normal(size=len(policy.state_input.mean)).astype(np.float32)
        picture = torch.from_numpy(as_stored(frame, policy.frame_codec))[None]
        states = None if state is None else torch.from_numpy(state)[None]
        answer = policy.predict(picture, [text], states)[0].numpy()
        made.append(Question(observation(frame, text, state), answer))
    return made


def ask(url: str, share: Sequence[Question]) -> list[tuple[float, float]]:
    """Seconds and largest difference of each answer."""
    client, outcomes = Client(url), []
    for question in share:
        began = time.perf_counter()
        actions = client.predict_batch([question.message])[0]
        seconds = time.perf_counter() - began
        outcomes.append((seconds, float(np.abs(actions - question.answer).max())))
    client.close()
    return outcomes


def serve(policy: Path) -> tuple[subprocess.Popen[str], str]:
    """The server's process and address, once it listens."""
    command = [sys.executable, "-m", "lapa", "serve", str(policy), "--port=0", "--threads=1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if " answers at " not in line:
        raise SystemExit(f"the server did not start: {line!r}")
    return process, line.split(" answers at ")[1].split()[0]


def main() -> None:
    """Ask, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("policy", type=Path)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--height", type=int, default=240)
    parser.add_argument("--width", type=int, default=320)
    given = parser.parse_args()
    torch.set_num_threads(1)
    known = questions(load_policy(given.policy), given.height, given.width)
    asked = [known[number % DISTINCT] for number in range(given.requests)]
    process, url = serve(given.policy)
    try:
        began = time.perf_counter()
        with ThreadPoolExecutor(given.clients) as clients:
            shares = [asked[client :: given.clients] for client in range(given.clients)]
            outcomes = [
                each for done in clients.map(ask, [url] * len(shares), shares) for each in done
            ]
        took = time.perf_counter() - began
    finally:
        process.terminate()
        code = process.wait(60)
    milliseconds = 1000 * np.array([seconds for seconds, _ in outcomes])
    p50, p99 = np.percentile(milliseconds, [50, 99])
    worst = max(difference for _, difference in outcomes)
    print(
        f"{given.clients} clients, {given.requests} requests of {given.width}x{given.height} pixels"
    )
    print(f"answered {len(outcomes)}, lost {given.requests - len(outcomes)}, exit code {code}")
    print(f"largest difference from the policy alone {worst:.1e}")
    print(
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {milliseconds.max():.0f} ms, {len(outcomes) / took:.0f} a second"
    )
    if len(outcomes) != given.requests or worst > 1e-6 or code:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
