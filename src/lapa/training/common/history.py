"""Keep what a training leaves behind besides its weights: curves, pictures, what was fresh, where the time went."""

from __future__ import annotations

import shutil
from pathlib import Path

_KEPT = ("metrics.jsonl", "initialization.txt", "plots", "profile")


def keep_history(work: Path, folder: Path) -> None:
    """Copy what there is from the scratch folder into the model's folder.

    Call on rank zero, before the folder is published: the scratch folder does not outlive that.
    A training shorter than every interval has no curves.
    """
    for source in (work / name for name in _KEPT):
        if source.is_dir():
            shutil.copytree(source, folder / source.name, dirs_exist_ok=True)
        elif source.is_file():
            shutil.copyfile(source, folder / source.name)
