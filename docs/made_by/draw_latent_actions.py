"""Draw `docs/figures/latent_actions.png`: the same latent actions, applied in several scenes.

python docs/made_by/draw_latent_actions.py RUN     # e.g. main: a finished demo in data/
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.data.loading.pairs import open_pairs
from lapa.evaluation.plots.style import saved_plot
from lapa.models.laq import load_laq
from lapa.models.layers.pixels import to_frames
from lapa.records import Checkpoint, ShardSet

OUT = Path(__file__).parents[1] / "figures/latent_actions.png"
SCENES, ACTIONS = 3, 5
Picture = NDArray[np.float32]


def main() -> None:
    """Take the commonest latent actions of held-out pairs and redraw other scenes with them."""
    run = Path("data")
    laq = Checkpoint.read(run / "06_models" / sys.argv[1] / "laq")
    pairs = open_pairs(
        ShardSet.read(run / "03_primary" / sys.argv[1] / "mixture"),
        "val",
        laq.pair_spec,
        max_samples=512,
    )
    model = load_laq(Path(laq.path))
    frames = to_frames(
        torch.stack([torch.from_numpy(pairs[i]["frames"]) for i in range(len(pairs))])
    )
    said = Counter(tuple(codes) for codes in model.codes(frames).tolist())
    actions = [codes for codes, _ in said.most_common(ACTIONS)]
    scenes = frames[torch.linspace(0, len(frames) - 1, SCENES).long(), :, 0]
    with saved_plot(OUT, nrows=SCENES, ncols=ACTIONS + 1, figsize=(9.6, 5.2)) as axes:
        for row, scene in zip(axes, scenes, strict=True):
            draw_row(row, model, scene, actions)
        axes[0, 0].set_title("frame t", fontsize=9)
        for panel, codes in zip(axes[0, 1:], actions, strict=True):
            panel.set_title(
                f"codes {' '.join(map(str, codes))}\n{100 * said[codes] / len(frames):.0f} % of pairs",
                fontsize=9,
            )


def draw_row(row: Any, model: Any, scene: torch.Tensor, actions: list[tuple[int, ...]]) -> None:
    """Frame t, then its future by each latent action; what appears is tinted orange, what goes blue."""
    repeated = scene.expand(len(actions), -1, -1, -1)
    with torch.no_grad():
        futures = model.decode(repeated, torch.tensor(actions)).clamp(0, 1)
    show(row[0], scene.permute(1, 2, 0).numpy())
    for panel, future in zip(row[1:], futures, strict=True):
        show(panel, tinted(scene.permute(1, 2, 0).numpy(), future.permute(1, 2, 0).numpy()))


def tinted(before: Picture, after: Picture) -> Picture:
    """The future in grey, with the change of its brightness in colour."""
    change = 4 * (after.mean(-1) - before.mean(-1))
    gray = 0.35 + 0.6 * after.mean(-1, keepdims=True).repeat(3, axis=-1)
    share = np.clip(np.abs(change), 0, 1)[..., None]
    color = np.where(change[..., None] > 0, [0.90, 0.62, 0.0], [0.0, 0.45, 0.70])
    return np.asarray((1 - share) * gray + share * color, np.float32).clip(0, 1)


def show(panel: Any, picture: Picture) -> None:
    """A picture without ticks."""
    panel.imshow(picture, interpolation="nearest")
    panel.set_xticks([])
    panel.set_yticks([])
    panel.grid(visible=False)


if __name__ == "__main__":
    main()
