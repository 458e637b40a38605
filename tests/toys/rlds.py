"""TFDS folders as RLDS datasets are published, written without TensorFlow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lapa.data.sources.tfrecord import frame_record
from lapa.jpeg import encode_jpeg
from toys.known_frames import gray_frames
from toys.tf_examples import example


def tensor(dtype: str, *shape: int) -> dict[str, Any]:
    return {
        "tensor": {
            "dtype": dtype,
            "encoding": "none",
            "shape": {"dimensions": [str(s) for s in shape]},
        }
    }


def _features(**features: Any) -> dict[str, Any]:
    return {"pythonClassName": "FeaturesDict", "featuresDict": {"features": features}}


IMAGE = {
    "image": {"dtype": "uint8", "encodingFormat": "jpeg", "shape": {"dimensions": ["8", "8", "3"]}}
}
TEXT = {"text": {}}


def features_of(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Nest leaves, named by their paths, as features.json does; ``steps`` is a sequence."""
    tree: dict[str, Any] = {}
    for path, leaf in leaves.items():
        *parents, name = path.split("/")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[name] = leaf
    return _nested(tree, {id(leaf) for leaf in leaves.values()})


def _nested(tree: Mapping[str, Any], leaves: set[int]) -> dict[str, Any]:
    children = {
        name: child if id(child) in leaves else _nested(child, leaves)
        for name, child in tree.items()
    }
    if "steps" in children:
        children["steps"] = {"sequence": {"feature": children["steps"]}}
    return _features(**children)


BRIDGE_FEATURES = _features(
    steps={
        "sequence": {
            "feature": _features(
                action=tensor("float32", 7),
                language_instruction=TEXT,
                observation=_features(image_0=IMAGE, image_1=IMAGE, state=tensor("float32", 7)),
            )
        }
    },
    episode_metadata=_features(file_path=TEXT, episode_id=tensor("int32")),
)
"""The nested features.json of a small BridgeData."""


def bridge_example(number: int, steps: int = 4, **changes: Any) -> bytes:
    """One episode as `BRIDGE_FEATURES` describes; ``changes`` replace fields by their last name."""
    images = [encode_jpeg(frame) for frame in gray_frames(steps, 8, 8)]
    fields: dict[str, Any] = {
        "steps/action": np.full((steps, 7), number + 0.5, np.float32),
        "steps/language_instruction": ["put the carrot on the plate"] * steps,
        "steps/observation/image_0": images,
        "steps/observation/image_1": images[::-1],
        "steps/observation/state": np.arange(steps * 7, dtype=np.float32).reshape(steps, 7),
        "episode_metadata/file_path": "/numpy_256/bridge_data_v1/berkeley/sink/carrot/val/out.npy",
        "episode_metadata/episode_id": [number],
    }
    for name, value in changes.items():
        key = next(key for key in fields if key.endswith("/" + name))
        fields[key] = value
    return example(fields)


def write_rlds(
    folder: Path,
    shards: Sequence[Sequence[bytes]],
    *,
    dataset: str = "bridge_dataset",
    features: Mapping[str, Any] | None = None,
    lengths: Sequence[int] | None = None,
    module: str = "",
) -> list[Path]:
    """Write a TFDS version folder of one split; ``lengths`` and ``module`` are what dataset_info.json
    claims."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "features.json").write_text(json.dumps(features or BRIDGE_FEATURES))
    claimed = lengths or [len(shard) for shard in shards]
    split = {"name": "train", "shardLengths": [str(length) for length in claimed]}
    info = {"name": dataset, "fileFormat": "tfrecord", "version": "1.0.0", "splits": [split]}
    info |= {"moduleName": module} if module else {}
    (folder / "dataset_info.json").write_text(json.dumps(info))
    paths = []
    for number, shard in enumerate(shards):
        path = folder / f"{dataset}-train.tfrecord-{number:05d}-of-{len(shards):05d}"
        path.write_bytes(b"".join(frame_record(record) for record in shard))
        paths.append(path)
    return paths
