"""Label sets: latent action codes beside a shard set."""

from __future__ import annotations

from lapa.datasets.record_folder import RecordFolderDataset
from lapa.records import LabelSet


class LabelSetDataset(RecordFolderDataset[LabelSet]):
    """Sidecar codes of a shard set.

    Example:
        ```yaml
        "{arm}.latent_labels":
          type: lapa.datasets.label_set.LabelSetDataset
          filepath: data/05_model_input/main/labels/{arm}
        ```
    """

    record_class = LabelSet
