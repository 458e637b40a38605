"""Raw episodes as a simulator or a robot left them."""

from __future__ import annotations

from lapa.datasets.record_folder import RecordFolderDataset
from lapa.records import RawEpisodes


class RawEpisodesDataset(RecordFolderDataset[RawEpisodes]):
    """A folder of recorded episodes.

    Example:
        ```yaml
        raw_episodes:
          type: lapa.datasets.raw_episodes.RawEpisodesDataset
          filepath: data/01_raw/main/tabletop
        ```
    """

    record_class = RawEpisodes
