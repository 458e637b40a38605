"""Label sets in forms that other projects read: self-contained shards, and the original's JSONL."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lapa.data.export.publish import published
from lapa.data.export.sample_tars import KEY, Sample, write_samples
from lapa.data.loading.latents import LatentDataset, open_latents
from lapa.records import LabelSet, ShardSet

PROMPT = (
    "<s> You are a helpful assistant. USER: What action should the robot take to `{}` ASSISTANT:"
)
"""How the original project words an instruction (its issue #13)."""


class LabeledFrame(NamedTuple):
    """One sample, its image still compressed."""

    name: str
    """``<clip key>-<frame of the episode>``, without dots."""
    jpeg: bytes
    instruction: str
    codes: NDArray[np.int64]
    facts: dict[str, Any]


def labeled_frames(dataset: LatentDataset) -> Iterator[LabeledFrame]:
    """Yield every labelled frame of a split in storage order."""
    for index in range(len(dataset)):
        facts = dataset.sample(index)
        clip, frame = dataset.position_of(index)
        yield LabeledFrame(
            name=f"{facts['key']}-{facts['frame']:06d}",
            jpeg=dataset.reader.jpeg(clip, frame),
            instruction=facts["instruction"],
            codes=dataset.codes[index].astype(np.int64),
            facts=facts,
        )


def write_labeled_shards(
    shards: ShardSet, labels: LabelSet, out: Path, *, split: str, per_shard: int = 1000
) -> list[Path]:
    """Write WebDataset tars ``out/<split>/000000.tar`` … that need nothing else.

    Every sample has ``image.jpg``, ``txt``, ``latent.npy`` (``int64 (code,)``) and ``json``.
    Images are copied as they are, not compressed again. The split's folder appears when it is
    complete, so no tar of another export can be among its tars.

    Raises:
        FileExistsError: ``out/<split>`` exists, or an export to it is under way.
    """
    frames = labeled_frames(open_latents(shards, labels, split))
    with published(out / split) as folder:
        samples = (_sample(frame) for frame in frames)
        names = write_samples(folder, samples, per_tar=per_shard)
    return [out / split / name for name in names]


def write_jsonl(shards: ShardSet, labels: LabelSet, out: Path, *, split: str) -> Path:
    """Write the original project's label file, and the images beside it.

    One object per line: ``image`` (path relative to ``out``), ``instruction``, ``delta`` (codes as
    strings) and ``fields``. The VQGAN ids ``vision`` are left out: the original computes them with
    ``img_aug`` on.
    """
    images = out / "images" / split
    images.mkdir(parents=True, exist_ok=True)
    path = out / f"{split}.jsonl"
    with _partial(path).open("w") as file:
        for frame in labeled_frames(open_latents(shards, labels, split)):
            image = images / f"{frame.name}.jpg"
            image.write_bytes(frame.jpeg)
            row = {
                "id": frame.name,
                "image": str(image.relative_to(out)),
                "instruction": PROMPT.format(frame.instruction),
                "delta": [str(code) for code in frame.codes.tolist()],
                "fields": "[instruction],[vision],delta",
            }
            file.write(json.dumps(row) + "\n")
    return _partial(path).replace(path)


def _partial(path: Path) -> Path:
    return path.with_name(path.name + ".partial")


def _sample(frame: LabeledFrame) -> Sample:
    array = io.BytesIO()
    np.save(array, frame.codes, allow_pickle=False)
    return {
        KEY: frame.name,
        "image.jpg": frame.jpeg,
        "txt": frame.instruction.encode(),
        "latent.npy": array.getvalue(),
        "json": json.dumps(frame.facts).encode(),
    }
