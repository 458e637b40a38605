"""Tiny recordings for tests: videos, tfrecords and TFDS folders, written without TensorFlow."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from lapa.data.media.jpeg import encode_jpeg
from lapa.data.sources.tfrecord import frame_record


def gray_frames(num_frames: int, height: int = 48, width: int = 64) -> np.ndarray:
    """Frames whose number can be read back: frame i is grey of brightness 16 + 8 i."""
    values = (16 + 8 * np.arange(num_frames)) % 240
    return np.broadcast_to(
        values[:, None, None, None].astype(np.uint8), (num_frames, height, width, 3)
    ).copy()


def numbers_of(frames: np.ndarray) -> list[int]:
    """Read the frame numbers of `gray_frames` back, whatever a codec did to them."""
    return [round((float(frame.mean()) - 16) / 8) for frame in frames]


def encode_video(
    frames: np.ndarray,
    *,
    codec: str = "libx264",
    container: str = "mp4",
    fps: float = 10,
    key_frames: int = 12,
    options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
) -> bytes:
    """Encode ``uint8 (frame, height, width, 3)`` as a video file."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container, options=dict(container_options or {})) as file:
        stream = file.add_stream(codec, rate=Fraction(fps).limit_denominator(1000))
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.gop_size = key_frames
        stream.options = dict(options or {})
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        file.mux(stream.encode())
    return buffer.getvalue()


def write_video(path: Path, num_frames: int = 6, **options: Any) -> Path:
    """Write a video of `gray_frames`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_video(gray_frames(num_frames), **options))
    return path


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def example(features: Mapping[str, Any], *, packed: bool = True) -> bytes:
    """Serialise a tf.train.Example of bytes, str, float and int features."""
    entries = b"".join(
        _field(1, _field(1, name.encode()) + _field(2, _feature(value, packed)))
        for name, value in features.items()
    )
    return _field(1, entries)


def _feature(value: Any, packed: bool) -> bytes:
    if isinstance(value, (bytes, str)):
        value = [value]
    if isinstance(value, list) and value and isinstance(value[0], (bytes, str)):
        parts = [part.encode() if isinstance(part, str) else part for part in value]
        return _field(1, b"".join(_field(1, part) for part in parts))
    array = np.asarray(value)
    if np.issubdtype(array.dtype, np.floating):
        floats = [struct.pack("<f", number) for number in array.ravel()]
        loose = b"".join(_varint(1 << 3 | 5) + part for part in floats)
        return _field(2, _field(1, b"".join(floats)) if packed else loose)
    integers = [_varint(int(number)) for number in array.ravel()]
    loose = b"".join(_varint(1 << 3) + part for part in integers)
    return _field(3, _field(1, b"".join(integers)) if packed else loose)


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
) -> list[Path]:
    """Write a TFDS version folder of one split; ``lengths`` is what dataset_info.json claims."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "features.json").write_text(json.dumps(features or BRIDGE_FEATURES))
    claimed = lengths or [len(shard) for shard in shards]
    split = {"name": "train", "shardLengths": [str(length) for length in claimed]}
    info = {"name": dataset, "fileFormat": "tfrecord", "version": "1.0.0", "splits": [split]}
    (folder / "dataset_info.json").write_text(json.dumps(info))
    paths = []
    for number, shard in enumerate(shards):
        path = folder / f"{dataset}-train.tfrecord-{number:05d}-of-{len(shards):05d}"
        path.write_bytes(b"".join(frame_record(record) for record in shard))
        paths.append(path)
    return paths
