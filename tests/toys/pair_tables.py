"""Pairs whose codes have a known meaning: the true action, chance, the scene, or the mirrored action.

Two datasets of the same actions (``dx``, ``dy``), four scenes, four instructions; every episode drifts where its
instruction says, and the picture moves as the action does. One pair in twenty stands still.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.pair_table import PairMotion, PairTable

DATASETS = ("bench", "hands")
INSTRUCTIONS = ("push right", "pull left", "lift up", "lower down")
DRIFT = np.array([[1, 0], [-1, 0], [0, -1], [0, 1]], np.float64)
"""Where an episode of each instruction drifts, in the plane of the action."""
CODES, CODEBOOK_SIZE, QUANT_DIM = 2, 8, 4
REACH = 1.5
"""Actions lie within this, so that bins of equal width hold them."""


def action_codes(*, pairs: int = 600, episodes: int = 24, seed: int = 0) -> PairTable:
    """Code 0 is the bin of ``dx``, code 1 that of ``dy``: the best a quantiser can do."""
    table = _without_meaning(pairs, episodes, seed)
    return _coded(table, _binned(_actions(table)), seed)


def random_codes(*, pairs: int = 600, episodes: int = 24, seed: int = 0) -> PairTable:
    """Codes that know nothing."""
    table = _without_meaning(pairs, episodes, seed)
    codes = np.random.default_rng((seed, 1)).integers(CODEBOOK_SIZE, size=(pairs, CODES))
    return _coded(table, codes, seed)


def scene_codes(*, pairs: int = 600, episodes: int = 24, seed: int = 0) -> PairTable:
    """Both codes name the scene and tell nothing about what happens in it."""
    table = _without_meaning(pairs, episodes, seed)
    _, scene = np.unique(table.environment, return_inverse=True)
    return _coded(table, np.stack([scene, scene + 2], axis=1), seed)


def mirrored_codes(*, pairs: int = 600, episodes: int = 24, seed: int = 0) -> PairTable:
    """`action_codes` in the first dataset; in the second a code means the opposite action."""
    table = _without_meaning(pairs, episodes, seed)
    sign = np.where(table.dataset == DATASETS[0], 1.0, -1.0)
    return _coded(table, _binned(sign[:, None] * _actions(table)), seed)


def _without_meaning(pairs: int, episodes: int, seed: int) -> PairTable:
    """Everything but the codes; dataset, scene and instruction belong to the episode."""
    rng = np.random.default_rng(seed)
    episode = np.sort(np.arange(pairs) % episodes)
    dataset = np.array(DATASETS)[episode % 2]
    scene = np.char.add(np.char.add(dataset, " "), (episode // 2 % 2).astype(str))
    instruction = episode // 4 % len(INSTRUCTIONS)
    still = rng.random(pairs) < 0.05
    actions = rng.uniform(-1, 1, (pairs, 2)) + 0.5 * DRIFT[instruction]
    actions[still] = 0
    return PairTable(
        codes=np.zeros((pairs, CODES), np.int64),
        codebook_size=CODEBOOK_SIZE,
        vectors=np.zeros((pairs, CODES, QUANT_DIM), np.float32),
        pre_quantized=np.zeros((pairs, CODES * QUANT_DIM), np.float32),
        random_codes=rng.integers(CODEBOOK_SIZE, size=(pairs, CODES)),
        random_pre_quantized=rng.normal(size=(pairs, CODES * QUANT_DIM)).astype(np.float32),
        dataset=dataset,
        episode=episode,
        environment=scene,
        instruction=np.array(INSTRUCTIONS)[instruction],
        frame=np.arange(pairs) % max(pairs // episodes, 1),
        motion=_motion(actions, still, rng),
        actions=actions.astype(np.float32),
        action_names=dict.fromkeys(DATASETS, ("dx", "dy")),
        action_units=dict.fromkeys(DATASETS, ("m", "m")),
        states=rng.normal(size=(pairs, 2)).astype(np.float32),
    )


def _motion(
    actions: NDArray[np.float64], still: NDArray[np.bool_], rng: np.random.Generator
) -> PairMotion:
    """Flow that goes with the action, but for a little noise; nothing moves where the pair is still."""
    noise = rng.normal(scale=0.05, size=actions.shape)
    moving = np.where(still[:, None], 0, 0.04 * (actions + noise)).astype(np.float32)
    return PairMotion(
        mean=0.2 * moving,
        weighted=0.8 * moving,
        moving=moving,
        magnitude=0.25 * np.linalg.norm(moving, axis=1),
        static=still,
    )


def _actions(table: PairTable) -> NDArray[np.float64]:
    assert table.actions is not None
    return table.actions.astype(np.float64)


def _binned(actions: NDArray[np.float64]) -> NDArray[np.int64]:
    edges = np.linspace(-REACH, REACH, CODEBOOK_SIZE + 1)[1:-1]
    return np.digitize(actions, edges).astype(np.int64)


def _coded(table: PairTable, codes: NDArray[np.int64], seed: int) -> PairTable:
    """The table with these codes, and vectors that stand for them."""
    rng = np.random.default_rng((seed, 2))
    codebook = rng.normal(size=(CODES, CODEBOOK_SIZE, QUANT_DIM)).astype(np.float32)
    vectors = codebook[np.arange(CODES), codes]
    flat = vectors.reshape(len(table), -1)
    noise = rng.normal(scale=0.05, size=flat.shape).astype(np.float32)
    return replace(table, codes=codes, vectors=vectors, pre_quantized=flat + noise)
