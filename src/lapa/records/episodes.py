"""Episodes as a simulator left them."""

from __future__ import annotations

from lapa.records.base import Record


class RawEpisodes(Record):
    """A folder of raw episodes, as a simulator left them."""

    path: str
    kind: str = "recorded"
    """Source kind that reads the folder (`lapa.data.sources`)."""
    episodes: int
    frames: int
    successes: int
    """Episodes that reached their goal."""
    digest: str
    """SHA-256 over the names and bytes of all files, the parameters (`recording.json`) among them."""
