"""Raw episodes as a simulator or a robot left them."""

from __future__ import annotations

from lapa.datasets.record_folder import RecordFolderDataset
from lapa.records import RawEpisodes, digest_of_files, require_same


class RawEpisodesDataset(RecordFolderDataset[RawEpisodes]):
    """A folder of recorded episodes.

    Example:
        ```yaml
        tabletop.raw_episodes:
          type: lapa.datasets.raw_episodes.RawEpisodesDataset
          filepath: data/01_raw/main/tabletop
        ```
    """

    record_class = RawEpisodes

    def check(self, record: RawEpisodes) -> None:
        """Refuse episodes that are not those that were recorded.

        Raises:
            ValueError: a file is missing, new or changed.
        """
        require_same(
            f"digest of the raw episodes in {record.path}",
            digest_of_files(self.folder),
            record.digest,
            remedy="files were changed after recording: delete the folder and record again",
        )
