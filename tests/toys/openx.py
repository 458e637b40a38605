"""Made-up episodes with exactly the features of Open X-Embodiment datasets (``openx_features.yml``)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from lapa.jpeg import encode_jpeg
from toys.known_frames import pictures
from toys.rlds import write_rlds
from toys.tf_examples import example

Tree = Mapping[str, Any]
STEPS: Final = 3
"""Length of every made-up episode."""


@cache
def structures() -> dict[str, Tree]:
    """The compact structure of every dataset by its name."""
    loaded = yaml.safe_load(Path(__file__).with_name("openx_features.yml").read_text("utf-8"))
    return {name: tree for name, tree in loaded.items() if not name.startswith(".")}


def write_openx(folder: Path, dataset: str, *, episodes: int = 2, module: str = "") -> None:
    """Write a TFDS folder of made-up episodes; ``module`` is who dataset_info.json says wrote it."""
    leaves = dict(_leaves(structures()[dataset], ""))
    records = [
        example({path: _stored(leaves, path, episode) for path in leaves})
        for episode in range(episodes)
    ]
    features = _features(structures()[dataset])
    write_rlds(folder, [records], dataset=dataset, features=features, module=module)


def rows_of(dataset: str, path: str, episode: int = 0) -> np.ndarray:
    """What a numeric field of an episode holds, ``(step, column)``: no two fields the same."""
    return _rows(dict(_leaves(structures()[dataset], "")), path, episode)


def text_of(path: str, episode: int = 0) -> str:
    """What a text field of an episode says."""
    return f"{path} of episode {episode}"


def camera_number(dataset: str, path: str) -> int:
    """The number of `pictures` that a camera shows."""
    images = [p for p, leaf in _leaves(structures()[dataset], "") if leaf.startswith("image uint8")]
    return sorted(images).index(path)


def _leaves(tree: Tree, path: str) -> Iterator[tuple[str, str]]:
    for name, child in tree.items():
        below = f"{path}/{name}".lstrip("/")
        if isinstance(child, str):
            yield below, child
        else:
            yield from _leaves(child, below)


def _stored(leaves: Mapping[str, str], path: str, episode: int) -> Any:
    kind, *words = leaves[path].split()
    steps = STEPS if path.startswith("steps/") else 1
    if kind in ("text", "string"):
        return [text_of(path, episode)] * steps
    if kind == "image":
        return [b"depth, never decoded"] * steps if "float32" in words else _jpegs(leaves, path)
    rows = _rows(leaves, path, episode)[:steps]
    return [zlib.compress(row.tobytes()) for row in rows] if "zlib" in words else rows


def _rows(leaves: Mapping[str, str], path: str, episode: int) -> np.ndarray:
    kind, *words = leaves[path].split()
    width = int(np.prod([int(word) for word in words if word.isdigit()]))
    if kind == "bool":
        return np.full((STEPS, width), (episode + 1) % 2)
    first = 1000 * episode + 100 * sorted(leaves).index(path)
    return (first + np.arange(STEPS * width)).reshape(STEPS, width).astype(kind)


def _jpegs(leaves: Mapping[str, str], path: str) -> list[bytes]:
    cameras = sorted(p for p, leaf in leaves.items() if leaf.startswith("image uint8"))
    return [encode_jpeg(frame) for frame in pictures(cameras.index(path), STEPS)]


def _features(tree: Tree) -> dict[str, Any]:
    children = {name: _feature(name, child) for name, child in tree.items()}
    return {"pythonClassName": "FeaturesDict", "featuresDict": {"features": children}}


def _feature(name: str, child: str | Tree) -> dict[str, Any]:
    if not isinstance(child, str):
        features = _features(child)
        return {"sequence": {"feature": features}} if name == "steps" else features
    kind, *words = child.split()
    shape = {"dimensions": [word for word in words if word.isdigit()]}
    if kind == "text":
        return {"text": {}}
    if kind == "image":
        return {"image": {"dtype": words[0], "shape": shape}}
    encoding = "zlib" if "zlib" in words else "none"
    return {"tensor": {"dtype": kind, "encoding": encoding, "shape": shape if words else {}}}
