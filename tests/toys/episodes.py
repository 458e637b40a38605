"""Made-up episodes: a coloured square that moves by its actions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lapa.data.episode import Episode, Frames

COLORS = {"red": (220, 40, 40), "green": (40, 200, 60), "blue": (50, 80, 230)}


def moving_square_episodes(
    n: int,
    frames: int | Sequence[int] = 12,
    size: int = 32,
    seed: int = 0,
    *,
    fps: float = 10.0,
    source: str = "squares",
    with_actions: bool = True,
) -> list[Episode]:
    """Make ``n`` episodes; colours take turns, actions are (dx, dy) in pixels per frame.

    ``frames`` is one length for all, or a sequence of lengths that is cycled through.
    """
    lengths = [frames] if isinstance(frames, int) else list(frames)
    return [
        _episode(
            number,
            lengths[number % len(lengths)],
            size=size,
            seed=seed,
            fps=fps,
            source=source,
            with_actions=with_actions,
        )
        for number in range(n)
    ]


def _episode(
    number: int, frames: int, *, size: int, seed: int, fps: float, source: str, with_actions: bool
) -> Episode:
    random = np.random.default_rng([seed, number])
    color = list(COLORS)[number % len(COLORS)]
    side = size // 4
    wanted = random.integers(-3, 4, (frames, 2))
    positions = np.empty((frames, 2))
    positions[0] = random.integers(0, size - side + 1, 2)
    for t in range(1, frames):
        positions[t] = np.clip(positions[t - 1] + wanted[t - 1], 0, size - side)
    actions = np.vstack([np.diff(positions, axis=0), np.zeros((1, 2))]).astype(np.float32)

    def read(indices: Sequence[int] | None = None) -> Frames:
        chosen = range(frames) if indices is None else indices
        images = np.full((len(chosen), size, size, 3), 96, np.uint8)
        for image, t in zip(images, chosen, strict=True):
            x, y = positions[t].astype(int)
            image[y : y + side, x : x + side] = COLORS[color]
        return images

    return Episode(
        source=source,
        episode_id=f"{seed}-{number:04d}",
        num_frames=frames,
        fps=fps,
        read_frames=read,
        instruction=f"move the {color} square",
        actions=actions if with_actions else None,
        action_names=("dx", "dy") if with_actions else (),
        action_units=("px", "px") if with_actions else (),
        states=positions.astype(np.float32),
        state_names=("x", "y"),
        environment=f"table-{number % 2}",
        success=True,
        provenance={"seed": seed, "number": number},
    )
