"""Parameters of ingestion: which sources, which frames, which shards, which splits."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from lapa.params.base import Params
from lapa.params.remote import is_url
from lapa.records import FrameCodec


class SourceParams(Params):
    """One raw source and what to take from it."""

    kind: str
    """Adapter name, e.g. `rlds`, `lerobot`, `video_folder`, `recorded`."""
    path: str
    """File or folder that the adapter opens, or its URL (`https://`, `s3://`, `gs://`)."""
    name: str = ""
    """Dataset name in the shards; empty keeps the one the adapter gives."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of the adapter."""
    environments: tuple[str, ...] = ()
    """Keep only these environments; empty keeps all."""
    exclude_environments: tuple[str, ...] = ()
    max_episodes: int | None = Field(default=None, gt=0)
    """Only the first episodes in source order, for a quick trial."""
    resample_actions: Literal["sum", "first"] = "sum"
    """With `target_fps`: add up the actions of an interval (deltas) or take its first (targets)."""

    @property
    def is_remote(self) -> bool:
        """Whether its path is a URL."""
        return is_url(self.path)


class SplitParams(Params):
    """What is held out: a seeded fraction per source, and whole groups by metadata.

    Metadata comes first: an episode named by a hold-out never enters the seeded draw.
    """

    by: Literal["episode", "time", "auto"] = "episode"
    """``episode`` holds out whole episodes. ``time`` holds out the last part of each one, after a gap of
    `max_horizon_s`, for want of other recordings: it measures the same scenes a little later, which
    is easier than new ones. ``auto`` takes ``time`` where the fraction is less than one episode of a
    source."""
    val_fraction: float | None = Field(default=None, ge=0, lt=1)
    """Share of each source's episodes, rounded to whole ones and at least one when positive, or of
    each episode's time; where it leaves no validation split, ingestion stops. Null: a tenth, and none
    from a source of a single episode."""
    test_fraction: float = Field(default=0.0, ge=0, lt=1)
    val_environments: tuple[str, ...] = ()
    """Environments that are held out whole."""
    test_environments: tuple[str, ...] = ()
    val_instructions: tuple[str, ...] = ()
    """An instruction that contains one of these phrases is held out (a task, an object)."""
    test_instructions: tuple[str, ...] = ()
    seed: int = 0

    @property
    def val_share(self) -> float:
        """``val_fraction``, or a tenth where nothing was said."""
        return 0.1 if self.val_fraction is None else self.val_fraction

    def asked(self) -> tuple[str, ...]:
        """Splits that were asked for, by a fraction, a way of splitting or a named group."""
        val = self.val_fraction or (self.val_share and self.by == "time")
        named = {
            "train": True,
            "val": bool(val or self.val_environments or self.val_instructions),
            "test": bool(self.test_fraction or self.test_environments or self.test_instructions),
        }
        return tuple(name for name, is_asked in named.items() if is_asked)

    @model_validator(mode="after")
    def _leave_something_to_train_on(self) -> SplitParams:
        if self.val_share + self.test_fraction >= 1:
            raise ValueError(
                f"val_fraction + test_fraction is {self.val_share + self.test_fraction}; "
                "expected less than 1, the rest is the training split"
            )
        return self


class IngestionParams(Params):
    """How episodes become clip shards."""

    sources: tuple[SourceParams, ...] = ()
    """Raw recordings, for callers that keep sources and settings in one place."""
    image_size: int = Field(default=256, gt=0)
    """Side of the square frames, pixels."""
    resize: Literal["crop", "squash"] = "crop"
    """Centre-crop the short side, or squash (changes the aspect ratio)."""
    jpeg_quality: int = Field(default=95, ge=1, le=100)
    jpeg_subsampling: Literal["444", "420"] = "420"
    """Colour resolution of the JPEGs: full, or a quarter (smaller, faster to decode)."""
    clip_frames: int = Field(default=64, gt=1)
    """Frames of a clip at most; clips are longer where `max_horizon_s` needs it."""
    max_horizon_s: float = Field(gt=0)
    """Clips overlap by this much, so pairs up to this horizon lose no frame; seconds."""
    max_samples_per_shard: int = Field(default=1000, gt=0)
    """Clips of a shard at most."""
    max_bytes_per_shard: int = Field(default=1 << 30, gt=0)
    target_fps: float | None = Field(default=None, gt=0)
    """Frames per second to keep; null keeps every source's own rate."""
    min_frames: int = Field(default=2, ge=2)
    """Shorter episodes are skipped and counted."""
    split: SplitParams = SplitParams()
    workers: int = Field(default=1, gt=0)
    """Processes; the output does not depend on it."""
    allow_empty: bool = False
    """Accept a source, or a split that was asked for, of which nothing is left; else ingestion stops."""
    on_bad_sample: Literal["raise", "skip"] = "raise"
    """Stop at a bad episode, or leave it out and list it in the report."""
    still_recordings: Literal["keep", "refuse"] = "keep"
    """Keep and report what is all black, one colour or never changes, or treat it as a bad episode."""
    duplicate_distance: int = Field(default=2, ge=0)
    """Bits (of 64) by which two perceptual hashes of a near-duplicate may differ."""

    @property
    def codec(self) -> FrameCodec:
        """How frames are resized and compressed, as the shard set records it."""
        return FrameCodec(
            image_size=self.image_size,
            resize=self.resize,
            jpeg_quality=self.jpeg_quality,
            jpeg_subsampling=self.jpeg_subsampling,
        )
