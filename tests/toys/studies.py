"""Made-up results of a study: what cells would say if success were such and such."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lapa.records import CellKey, CellOutcomes, CellResult

RATES = {
    "lapa": 0.85,
    "random_laq": 0.05,
    "shuffled_codes": 0.04,
    "inverse_dynamics": 0.7,
    "scratch": 0.03,
    "action_pretrained": 0.95,
}
HARDER = {"reach": 0.0, "lift": 0.15, "reach/unseen_words": 0.05, "lift/unseen_words": 0.2}
"""What a criterion takes off the success of reach."""
ENDS = ("never touched anything", "touched and lost it", "touched a wrong object")


def cell(key: CellKey, *, scenes: int = 30, rate: float = 0.5, quality: float = 0.0) -> CellResult:
    """One cell; the same key gives the same outcomes.

    Args:
        key: where it stands.
        scenes: per criterion.
        rate: of success on reach in plain scenes.
        quality: of its pretraining: goes into the upstream figures and a little into success.
    """
    random = np.random.default_rng([key.seed, key.subset, *key.name.encode()])
    outcomes = {
        name: made_up(random, rate=rate + 0.05 * quality - harder, scenes=scenes)
        for name, harder in HARDER.items()
    }
    shared = f"{key.setting}-{key.arm}-s{key.seed}"
    return CellResult(
        study="toy",
        key=key,
        asked="a" * 64,
        runs={"data": f"{key.setting}-data", "laq": shared, "policy": key.name},
        digests={"laq": f"laq-{shared}", "foundation": f"foundation-{shared}"},
        outcomes=outcomes,
        metrics={"action/mse_normalized": 0.4 - 0.3 * rate, "latency_ms": 2.0 + 0.1 * key.seed},
        upstream={
            "laq/psnr_gain_over_copy": 3.5 + quality,
            "foundation/top1": 0.6 + 0.05 * quality,
            "foundation/top1_swapped_language": 0.4,
        },
        seconds=60.0,
        commit="0123abc",
    )


def made_up(random: np.random.Generator, *, rate: float, scenes: int) -> CellOutcomes:
    """Outcomes of a policy that succeeds with a probability."""
    successes = random.random(scenes) < np.clip(rate, 0.0, 1.0)
    ends = random.integers(len(ENDS), size=scenes)[~successes]
    counted = {name: int((ends == number).sum()) for number, name in enumerate(ENDS)}
    return CellOutcomes(
        first_seed=1000,
        successes="".join("1" if success else "0" for success in successes),
        ends={name: count for name, count in counted.items() if count},
    )


def study(
    *,
    settings: Sequence[str] = ("in_domain",),
    arms: Sequence[str] = ("lapa", "random_laq", "scratch", "action_pretrained"),
    variants: Sequence[str] = ("default",),
    budgets: Sequence[int | None] = (5, 25),
    seeds: int = 3,
    subsets: int = 3,
    scenes: int = 30,
) -> list[CellResult]:
    """A whole grid; success grows with the budget, and a seed's quality with its number."""
    return [
        cell(
            CellKey(
                setting=setting,
                arm=arm,
                variant=variant,
                budget=budget,
                seed=seed,
                subset=subset,
            ),
            scenes=scenes,
            rate=RATES[arm] * min(1.0, 0.5 + (budget or 100) / 50) - 0.1 * place,
            quality=0.3 * seed - 0.1 * number,
        )
        for place, setting in enumerate(settings)
        for arm in arms
        for number, variant in enumerate(variants)
        for budget in budgets
        for seed in range(seeds)
        for subset in range(subsets)
    ]
