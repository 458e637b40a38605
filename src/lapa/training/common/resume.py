"""Where a stage that was killed finds its progress again."""

from __future__ import annotations

from pathlib import Path

from lapa.training.common.checkpoints import newest_readable


def resume_folder(work: Path) -> Path:
    """Where the resume files of a stage lie."""
    return work / "resume"


def resume_file(work: Path) -> Path | None:
    """The newest file that can be read; None starts from the beginning."""
    return newest_readable(resume_folder(work))
