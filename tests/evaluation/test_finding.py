"""Findings: kept beside a report and read again as they were."""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.blocks import Folded, Note, Plot, Table, Video, Videos, folded, opened, rows
from lapa.evaluation.finding import (
    Finding,
    find,
    metrics_by_subject,
    read_findings,
    write_findings,
)
from lapa.records import EvaluationReport, Metric

TABLE = Table(head=("a", "b"), rows=(("1", "2"),))
PLOT = Plot(file="a.png", caption="A.")
FINDING = Finding(
    analysis="use of codes",
    title="Latent actions",
    metrics={"laq": (Metric(name="perplexity", value=3.5, low=3, high=4, n=9),)},
    blocks=(Note(text="n"), *rows(TABLE), *folded("More", (PLOT,))),
    sentences=("Codes are used.",),
    data={"histogram": [[1, 2]]},
)


def _report(folder: Path) -> EvaluationReport:
    return EvaluationReport(path=str(folder), metrics={})


def test_a_finding_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_findings([FINDING], tmp_path)
    assert read_findings(_report(tmp_path)) == (FINDING,)


def test_a_report_without_findings_has_none(tmp_path: Path) -> None:
    assert read_findings(_report(tmp_path)) == ()
    assert find((), "use of codes") is None


def test_plots_and_clips_are_found_inside_folded_blocks() -> None:
    videos = Videos(videos=(Video(file="a.mp4", caption="a"), Video(file="b.mp4", caption="b")))
    finding = Finding(blocks=(Folded(title="x", blocks=(PLOT, videos)),))
    assert finding.plots == ("a.png",)
    assert finding.clips == ("a.mp4", "b.mp4")
    assert [block.kind for block in opened(finding.blocks)] == ["folded", "plot", "videos"]


def test_nothing_makes_no_block() -> None:
    assert rows(Table(head=("a",), rows=())) == ()
    assert folded("More", ()) == ()


def test_metrics_of_all_findings_are_joined_by_arm_and_every_arm_is_there() -> None:
    second = Finding(metrics={"laq": (Metric(name="psnr", value=1),)})
    joined = metrics_by_subject([FINDING, second], ("laq", "random_laq"))
    assert [metric.name for metric in joined["laq"]] == ["perplexity", "psnr"]
    assert joined["random_laq"] == ()
