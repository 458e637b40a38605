"""A node's scratch folder is named after all its inputs, belongs to one process, and reports know their ancestry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project

from lapa.evaluation.codes.evaluate import MeasuredCodes
from lapa.folders.lock import OutputLockedError
from lapa.params.base import CheckpointParams, TrainerParams
from lapa.params.evaluation import EvaluationParams
from lapa.pipelines.evaluation import nodes as evaluation
from lapa.pipelines.stage import stage
from lapa.records import EvaluationReport, Metric, RawEpisodes
from toys.faults import RAISED, Faults
from toys.paths import ROOT


def raw(digest: str) -> RawEpisodes:
    return RawEpisodes(path="x", episodes=1, frames=1, successes=1, digest=digest)


@stage("thing")
def where(raw: RawEpisodes, trainer: TrainerParams, folder: Path, **more: Any) -> Path:
    return folder


TRAINER = TrainerParams(max_steps=3, batch_size=2)


def test_every_input_decides_the_folder(tmp_path: Path) -> None:
    work = str(tmp_path)
    first = where(raw("a"), TRAINER, work, extra=raw("c"))
    assert first.parent == tmp_path
    assert first == where(raw("a"), TRAINER, work, extra=raw("c"))
    others = {
        where(raw("b"), TRAINER, work, extra=raw("c")),
        where(raw("a"), TRAINER.model_copy(update={"seed": 1}), work, extra=raw("c")),
        where(raw("a"), TRAINER, work, extra=raw("d")),
        where(raw("a"), TRAINER, work),
    }
    assert len(others | {first}) == 5


def test_what_cannot_change_the_result_does_not_decide_the_folder(tmp_path: Path) -> None:
    free = {
        "num_threads": 3,
        "num_workers": 2,
        "log_every": 7,
        "checkpoint_every": 9,
        "checkpoints": CheckpointParams(keep=9),
    }
    other = TRAINER.model_copy(update=free)
    assert where(raw("a"), TRAINER, str(tmp_path)) == where(raw("a"), other, str(tmp_path))


@pytest.mark.parametrize("pipeline", ["ingestion", "laq", "labeling", "finetune", "evaluation"])
def test_every_node_is_a_stage(pipeline: str) -> None:
    bootstrap_project(ROOT)
    for node in pipelines[pipeline].nodes:
        assert "params:work" in node.inputs, node.name
        assert node.func.__wrapped__.__annotations__["folder"] == "Path", node.name


def test_other_evaluation_parameters_work_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(*, out: Path, **_: Any) -> MeasuredCodes:
        out.mkdir(parents=True)
        metrics = {"laq": (Metric(name="psnr", value=1.0),)}
        report = EvaluationReport(path=str(out), metrics=metrics)
        return MeasuredCodes(report=report, findings=(), evidence=None)

    monkeypatch.setattr(evaluation, "measure_codes", measured)
    evaluated = evaluation.evaluate_laq
    reports = [
        evaluated(raw("s"), raw("l"), raw("r"), EvaluationParams(seed=seed), str(tmp_path))[0]
        for seed in (0, 1)
    ]
    assert reports[0].path != reports[1].path
    assert reports[0].inputs == {"shards": "s", "laq": "l", "random_laq": "r"}


@stage("page")
def page(laq: RawEpisodes, folder: Path, *, text: str) -> tuple[EvaluationReport, int]:
    (folder / "page.html").write_text(text)
    return EvaluationReport(path=str(folder), metrics={}), 3


def test_a_report_comes_back_with_ancestry_and_digest(tmp_path: Path) -> None:
    report, other = page(raw("q"), str(tmp_path / "one"), text="hello")
    assert other == 3
    assert report.inputs == {"laq": "q"}
    assert report.digest == report.content_digest()
    Path(report.path, "page.html").write_text("hullo")
    assert report.digest != report.content_digest()


HOLD = """
import sys, time
from pathlib import Path
from lapa.pipelines.stage import stage
@stage("thing")
def hold(folder: Path):
    print(folder, flush=True)
    time.sleep(60)
hold(sys.argv[1])
"""


@stage("thing")
def nothing(folder: Path) -> str:
    return "done"


def test_a_second_process_is_refused_by_name_and_a_killed_one_is_no_obstacle(
    tmp_path: Path, faults: Faults
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline().startswith(str(tmp_path))
        with pytest.raises(OutputLockedError, match=f"by process {holder.pid} on .*wait for it"):
            nothing(str(tmp_path))
    finally:
        holder.kill()
        holder.wait()
    assert nothing(str(tmp_path)) == "done"
    faults.tell(
        "two commands make the same thing",
        happened="the second is refused with the number of the first",
        code=RAISED,
        intact="what the first makes; killed, it is no obstacle",
    )
