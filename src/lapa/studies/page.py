"""The page of a study, and its part of another page: both from the results alone, with videos where runs are here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lapa.evaluation.study.page import write_study_page
from lapa.evaluation.study.readme import replace_between_markers, write_figure
from lapa.evaluation.study.readme_table import readme_table
from lapa.evaluation.study.sections.variants import Chunks
from lapa.folders.whole_file import write_whole
from lapa.params.finetune import FinetuneParams
from lapa.records import CellResult
from lapa.studies.file import Study
from lapa.studies.orders import CellOrder

CLIPS = "clips"
"""Folder of the videos of a policy's report."""
FIGURES = Path("docs/figures")


def write_page(
    study: Study, cells: Sequence[CellOrder], results: Sequence[CellResult], out: Path
) -> Path:
    """Write the page of what is there.

    Args:
        study: its question stands at the top.
        cells: all of the study: the page names those without a result.
        results: of those that have one.
        out: folder of the page.
    """
    with TemporaryDirectory() as folder:
        for cell in cells:
            clips = _report_folder(cell) / CLIPS
            if clips.is_dir():
                (Path(folder) / cell.key.name).symlink_to(clips.resolve())
        return write_study_page(
            results,
            question=study.params.question,
            out=out,
            videos=Path(folder),
            expected=[cell.key for cell in cells],
            chunks=chunks_of(cells),
        )


def chunks_of(cells: Sequence[CellOrder]) -> Chunks:
    """How many actions the policies of every setting and variant predict at once."""
    configurations = {(c.key.setting, c.key.variant): c.configuration for c in cells}
    return {
        place: FinetuneParams.model_validate(configuration.parameters["finetune"]).chunk
        for place, configuration in configurations.items()
    }


def renew_part(
    study: Study,
    cells: Sequence[CellOrder],
    results: Sequence[CellResult],
    *,
    page: Path,
    project: Path,
) -> Path:
    """Renew table and figure of a study between the markers ``study NAME`` of a Markdown page.

    Args:
        study: whose results.
        cells: all of the study.
        results: all that are to be shown.
        page: with both markers (`lapa.evaluation.study.readme.replace_between_markers`).
        project: folder of the project; the figure goes to its ``docs/figures``.

    Returns:
        The figure.

    Raises:
        ValueError: a marker is missing.
    """
    figure = project / FIGURES / f"study_{study.name}.png"
    link = os.path.relpath(figure, page.parent)
    part = (
        f"![{study.params.question.strip()}]({link})\n\n{readme_table(results, chunks_of(cells))}"
    )
    renewed = replace_between_markers(page.read_text(), f"study {study.name}", part)
    figure.parent.mkdir(parents=True, exist_ok=True)
    write_figure(results, figure)
    write_whole(page, renewed)
    return figure


def _report_folder(cell: CellOrder) -> Path:
    report = cell.catalog.get(f"{cell.arm}.policy_report")
    return Path(getattr(report, "folder", ""))
