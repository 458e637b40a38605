"""Frozen records that pipeline nodes exchange: paths, digests and facts, never bytes.

A record is written last, as ``record.json`` beside the artefact it describes, so an
artefact without a record does not exist (`lapa.datasets.publish`).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

SHARD_SCHEMA = "lapa.clips/1"
"""Version of the clip-shard layout; readers refuse any other."""


RECORD = "record.json"
SEAL = "seal"
"""Key of ``record.json`` that no record has as a field; a record without it is taken as it is."""
MADE_WITH = "made_with.json"
"""Beside the record: what the stage that made the artefact was asked to do."""


class Record(BaseModel):
    """Base of every record: immutable, no unknown fields, JSON on disk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def sealed_json(self) -> str:
        """The record as JSON, with a seal: a digest over all of it but where it lies."""
        facts = json.loads(self.model_dump_json())
        return json.dumps(facts | {SEAL: _seal_of(facts)}, indent=2) + "\n"

    def write(self, folder: Path) -> None:
        """Write ``record.json`` into ``folder`` (call it last)."""
        (folder / RECORD).write_text(self.sealed_json())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read ``record.json`` from ``folder``.

        Raises:
            FileNotFoundError: there is no record, so the artefact is missing or unfinished.
            ValueError: it was edited after it was written, or is no record of this class.
        """
        facts = json.loads((folder / RECORD).read_text())
        if isinstance(facts, dict) and (seal := facts.pop(SEAL, None)) is not None:
            require_same(
                f"seal of {folder / RECORD}",
                _seal_of(facts),
                seal,
                remedy="the record was edited after it was written: restore it, or delete the "
                "folder and make the artefact again",
            )
        return cls.model_validate_json(json.dumps(facts))


class PairSpec(Record):
    """What a pair (t, t+H) is; stages refuse inputs made with another one."""

    horizon_s: float
    """H in seconds; a source's frame rate turns it into a frame offset."""
    policy: Literal["all", "one_per_episode"] = "all"
    """Every valid t, or one random t per episode and epoch."""
    min_motion: float = 0.0
    """Pairs whose mean absolute pixel difference (of [0, 1]) is lower are dropped."""
    seed: int = 0

    def frame_offset(self, fps: float) -> int:
        """Horizon in frames at ``fps`` (control rate, Hz), at least 1.

        Raises:
            ValueError: the horizon is shorter than half a frame at this rate.
        """
        offset = round(self.horizon_s * fps)
        if offset < 1:
            raise ValueError(
                f"horizon of {self.horizon_s} s is {self.horizon_s * fps:.2f} frames at "
                f"{fps} Hz; expected at least one frame: raise `horizon_s` or the frame rate"
            )
        return offset


class RawEpisodes(Record):
    """A folder of raw episodes, as a simulator left them."""

    path: str
    kind: str = "tabletop"
    """Source kind that reads the folder (`lapa.data.sources`)."""
    episodes: int
    frames: int
    successes: int
    """Episodes that reached their goal."""
    digest: str
    """SHA-256 over the names and bytes of all files, the parameters (`recording.json`) among them."""


class FrameCodec(Record):
    """How a frame becomes a stored square picture: what training saw, and so what a policy must see."""

    image_size: int
    """Side of the square frames, pixels."""
    resize: Literal["crop", "squash"] = "crop"
    """Centre-crop the short side's square, or squash the whole frame into it."""
    jpeg_quality: int = 95
    jpeg_subsampling: Literal["444", "420"] = "444"


ActionMeaning = Literal["relative", "absolute"]
"""Whether an action dimension is a difference (summed over time) or a target (subtracted)."""


class DatasetFacts(Record):
    """What is known about one dataset of a shard set; its clips agree on it."""

    fps: float
    """Most frequent control rate, Hz; the index holds that of every clip."""
    episodes: int
    action_names: tuple[str, ...] = ()
    """One per action dimension; empty for action-free video."""
    action_units: tuple[str, ...] = ()
    """One per dimension, or empty where the source does not tell: never invented."""
    actions_are: tuple[ActionMeaning, ...] = ()
    """One per dimension, or empty where the source does not tell."""
    split_by: Literal["episode", "time"] = "episode"
    """What was held out: whole episodes, or the last part of the very episodes of the training split."""


class Split(Record):
    """Shards and counts of one split of a shard set."""

    shards: tuple[str, ...]
    """Tar files, relative to the shard set's folder."""
    episodes: int
    clips: int
    frames: int
    """Distinct frames; the frames that overlapping clips share count once."""


class ShardSet(Record):
    """A folder of clip shards, complete and immutable."""

    path: str
    schema_version: str = SHARD_SCHEMA
    codec: FrameCodec
    max_horizon_s: float
    """Clips overlap by this much: the longest horizon that loses no pair."""
    datasets: dict[str, DatasetFacts]
    splits: dict[str, Split]
    digest: str
    """SHA-256 over the sorted (shard name, shard SHA-256) pairs."""

    @property
    def image_size(self) -> int:
        """Side of the square frames, pixels."""
        return self.codec.image_size

    def split(self, name: str) -> Split:
        """Return one split by name.

        Raises:
            KeyError: no such split; the message names those that exist.
        """
        if name not in self.splits:
            raise KeyError(
                f"shard set {self.path} has no split {name!r}, only {sorted(self.splits)}; ingest "
                f"again with `ingestion.split.{name}_fraction` above 0, and with few recordings "
                "`ingestion.split.by=time`"
            )
        return self.splits[name]


class Checkpoint(Record):
    """A trained (or deliberately untrained) model: weights, configuration and ancestry."""

    path: str
    """Folder with ``model.safetensors`` and ``config.json``."""
    kind: Literal["laq", "foundation", "policy"]
    step: int
    """Optimiser steps behind the weights; 0 for a random control."""
    digest: str
    """SHA-256 of ``model.safetensors``."""
    inputs: dict[str, str]
    """Digest of every artefact it was trained on, by name."""
    pair_spec: PairSpec
    metrics: dict[str, float] = {}
    """Validation figures at this step."""
    code_version: str
    datasets: tuple[str, ...] = ()
    """Datasets whose actions it has learnt; empty for models that read none."""
    selected: Literal["best", "last"] = "last"
    """Which weights these are: the best by ``selected_by``, or those of the last step."""
    selected_by: str = ""
    """Metric that chose the best weights, e.g. ``val/loss``; empty where the last step was taken."""
    notes: tuple[str, ...] = ()
    """What a reader of its figures must know, in sentences: e.g. a parameter that this arm could not use."""
    files: dict[str, str] = {}
    """SHA-256 of what lies beside the weights (configuration, tokenizer), taken when it is published."""


class LabelSet(Record):
    """Latent action codes of a shard set, as one array file per shard."""

    path: str
    shard_digest: str
    laq_digest: str
    codebook_digest: str
    codebook_size: int
    """K."""
    code_seq_len: int
    """S, codes per pair."""
    pair_spec: PairSpec
    valid_pairs: dict[str, int]
    """Pairs with a label, per split."""
    masked_pairs: dict[str, int]
    """Tail frames without a t+H, per split."""
    histogram: tuple[int, ...]
    """How often each of the K codes was used, all positions and splits together."""
    digest: str


class ActionDimension(Record):
    """Statistics of one action dimension over the labelled training episodes."""

    name: str
    unit: str
    mean: float
    std: float
    minimum: float
    maximum: float
    p01: float
    p99: float
    bin_edges: tuple[float, ...]
    """bins + 1 increasing edges, in the dimension's unit."""
    clipped: int
    """Training values outside the outer edges."""
    still: bool = False
    """It stands still in the labelled episodes (`lapa.data.statistics.standing_still`): its bins are wider than
    its range, and it does not count in mean normalised errors."""
    least_scale: float = 0.0
    """Errors are divided by at least this, for a dimension that is held and may be held elsewhere."""

    @property
    def scale(self) -> float:
        """What normalised errors are divided by: half the span of the bins, or `least_scale`."""
        return max((self.bin_edges[-1] - self.bin_edges[0]) / 2, self.least_scale)


class ActionStats(Record):
    """Action statistics a policy is saved with and checked against."""

    dimensions: tuple[ActionDimension, ...]
    episodes: int
    steps: int
    shard_digest: str
    datasets: tuple[str, ...] = ()
    """Datasets of the shard set that the steps come from; empty in older policies: all that there are."""

    @property
    def still(self) -> tuple[str, ...]:
        """Names of the dimensions that stand still."""
        return tuple(dimension.name for dimension in self.dimensions if dimension.still)


class Figure(Record):
    """One measured number, with what is needed to believe it."""

    name: str
    value: float
    low: float | None = None
    """Lower end of the 95 % interval."""
    high: float | None = None
    n: int | None = None
    """Independent samples behind the value."""


class Report(Record):
    """What one evaluation measured."""

    path: str
    arms: dict[str, tuple[Figure, ...]]
    """Figures per arm."""
    pictures: tuple[str, ...] = ()
    """Image files, relative to ``path``."""
    clips: tuple[str, ...] = ()
    """Videos of rollouts, relative to ``path``."""
    not_measured: dict[str, str] = {}
    """Analysis -> why it could not be made; the report says so and the rest goes on."""
    inputs: dict[str, str] = {}
    """Digest of every artefact it was measured on, by name."""
    digest: str = ""
    """SHA-256 over the figures, the inputs and every file of the folder."""

    def content_digest(self) -> str:
        """The digest that figures, inputs and files have now."""
        facts = self.model_dump(mode="json", exclude={"path", "digest"})
        return digest_of([facts, digest_of_files(Path(self.path))])


def digest_of(facts: Any) -> str:
    """SHA-256 of JSON-able facts, key order ignored."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in 1 MiB blocks."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha.update(block)
    return sha.hexdigest()


def digest_of_files(folder: Path) -> str:
    """SHA-256 over the names and bytes of every file below ``folder``.

    Left out is what is written about them afterwards (the record, what made it) and what begins
    with a dot (locks, unfinished files).
    """
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )
    kept = [name for name in names if name not in {RECORD, MADE_WITH}]
    return digest_of([(name, digest_of_file(folder / name)) for name in kept])


def _seal_of(facts: dict[str, Any]) -> str:
    return digest_of({name: value for name, value in facts.items() if name != "path"})


def require_same(name: str, found: Any, expected: Any, *, remedy: str) -> None:
    """Refuse an input whose ancestry differs, showing both values.

    Raises:
        ValueError: ``found`` differs from ``expected``.
    """
    if found != expected:
        raise ValueError(f"{name}: found {found!r}, expected {expected!r}; {remedy}")
