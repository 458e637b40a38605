"""A picture of a shard set: one labelled row of frames per clip."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from einops import rearrange
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.reader import ClipReader
from lapa.records import ShardSet

_TILE = 128
_LABEL = 34
_GAP = 2
_ID_LETTERS = 60
"""Longer episode ids, paths mostly, keep their end."""


def contact_sheet(
    shard_set: ShardSet, *, rows: int = 12, frames: int = 8, seed: int = 0
) -> NDArray[np.uint8]:
    """Draw ``rows`` random clips, every dataset and split at least once if rows allow it.

    Returns:
        ``uint8 (height, width, 3)``: per row the clip's frames from first to last, under a line
        with split, dataset, episode, frame range, frame rate, instruction and action summary.
    """
    random = np.random.default_rng(seed)
    readers = {
        split: ClipReader(load_clip_table(shard_set, split), image_size=shard_set.image_size)
        for split in shard_set.splits
    }
    drawn = [
        _row(readers[split], split, clip, frames) for split, clip in _choose(readers, rows, random)
    ]
    return np.concatenate(drawn) if drawn else np.zeros((_LABEL, frames * _TILE, 3), np.uint8)


def _choose(
    readers: dict[str, ClipReader], rows: int, random: np.random.Generator
) -> list[tuple[str, int]]:
    """Deal clips from every (split, dataset) in turn until there are enough."""
    piles = []
    for split, reader in readers.items():
        dataset = reader.table.texts["dataset"].codes
        for code in np.unique(dataset):
            clips = random.permutation(np.flatnonzero(dataset == code))[:rows]
            piles.append([(split, int(clip)) for clip in clips])
    chosen = []
    for depth in range(rows):
        chosen += [pile[depth] for pile in piles if depth < len(pile)]
    return sorted(chosen[:rows])


def _row(reader: ClipReader, split: str, clip: int, frames: int) -> NDArray[np.uint8]:
    count = int(reader.table.numbers["num_frames"][clip])
    chosen = np.linspace(0, count - 1, frames).round().astype(np.int64)
    tiles = [
        cv2.resize(image, (_TILE, _TILE), interpolation=cv2.INTER_AREA)
        for image in reader.frames(clip, chosen)
    ]
    padded = np.pad(np.stack(tiles), ((0, 0), (0, _GAP), (0, _GAP), (0, 0)))
    strip = rearrange(padded, "frame height width colour -> height (frame width) colour")
    return np.concatenate([_label(reader, split, clip, strip.shape[1]), strip])


def _label(reader: ClipReader, split: str, clip: int, width: int) -> NDArray[np.uint8]:
    facts = reader.facts(clip)
    first, last = facts["start_frame"], facts["start_frame"] + facts["num_frames"] - 1
    identity = str(facts["episode_id"])
    short = identity if len(identity) <= _ID_LETTERS else f"…{identity[-_ID_LETTERS:]}"
    where = f"{split} · {facts['dataset']} · {short}"
    when = f"frames {first}-{last} of {facts['episode_frames']} at {facts['fps']:g} Hz"
    said = facts["instruction"] or "(no instruction)"
    image = Image.new("RGB", (width, _LABEL), (24, 24, 28))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=13)
    draw.text((4, 1), f"{where} · {when}", fill=(235, 235, 235), font=font)
    draw.text((4, 17), f"{said} · {_moved(reader, clip)}", fill=(150, 200, 255), font=font)
    return np.asarray(image)


def _moved(reader: ClipReader, clip: int) -> str:
    if not reader.table.numbers["action_dim"][clip]:
        return "no actions"
    total = reader.array(clip, "actions").sum(axis=0)
    return "sum of actions " + " ".join(f"{value:.2f}" for value in total[:8])


def save_contact_sheet(shard_set: ShardSet, path: Path, *, rows: int = 12, seed: int = 0) -> None:
    """Write the contact sheet as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(contact_sheet(shard_set, rows=rows, seed=seed)).save(path, format="PNG")
