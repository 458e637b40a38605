"""Artefacts say what made them; those that a run keeps are compared, those in a wrong place refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner

from lapa.datasets.checkpoint import CheckpointDataset
from lapa.datasets.made_with import MadeWith
from lapa.datasets.raw_episodes import RawEpisodesDataset
from lapa.hooks.stale_outputs import StaleOutputsHook
from lapa.params.base import TrainerParams
from lapa.params.envs import RecordParams
from lapa.pipelines.stage import stage, stage_node
from lapa.records import Checkpoint, PairSpec, RawEpisodes, digest_of_file, digest_of_files
from lapa.refused import RefusedError


@stage("raw")
def record(recording: RecordParams, folder: Path) -> RawEpisodes:
    out = folder / "episodes"
    out.mkdir()
    (out / "seed").write_text(str(recording.seed))
    facts = {"episodes": 1, "frames": 1, "successes": 1}
    return RawEpisodes(path=str(out), digest=digest_of_files(out), **facts)


@stage("model")
def train(raw: RawEpisodes, trainer: TrainerParams, folder: Path) -> Checkpoint:
    out = folder / "checkpoint"
    out.mkdir()
    (out / "model.safetensors").write_text(f"{raw.digest} {trainer.max_steps}")
    return Checkpoint(
        path=str(out),
        kind="laq",
        step=trainer.max_steps,
        digest=digest_of_file(out / "model.safetensors"),
        inputs={"raw": raw.digest},
        pair_spec=PairSpec(horizon_s=0.1),
        code_version="0",
    )


PIPELINE = Pipeline(
    [
        stage_node(record, recording="params:recording", outputs="raw", name="record"),
        stage_node(train, raw="raw", trainer="params:trainer", outputs="model", name="train"),
        stage_node(train, raw="raw", trainer="params:trainer", outputs="twin", name="train_twin"),
    ]
)


def run(root: Path, *, only_missing: bool = True, steps: int = 3, **recording: Any) -> None:
    """What `kedro run` does with our hook."""
    trainer = TrainerParams(max_steps=steps, batch_size=1)
    catalog = DataCatalog(
        {
            "params:work": MemoryDataset(str(root / ".work")),
            "params:recording": MemoryDataset(RecordParams(num_episodes=1, **recording)),
            "params:trainer": MemoryDataset(trainer),
            "raw": RawEpisodesDataset(filepath=str(root / "raw")),
            "model": CheckpointDataset(filepath=str(root / "model"), kind="laq"),
            "twin": CheckpointDataset(filepath=str(root / "twin"), kind="laq"),
        }
    )
    manager = _create_hook_manager()
    manager.register(StaleOutputsHook())
    facts = {"run_params": {"only_missing_outputs": only_missing}, "catalog": catalog}
    manager.hook.before_pipeline_run(pipeline=PIPELINE, **facts)
    runner = SequentialRunner()
    runner.run(PIPELINE, catalog, manager, only_missing_outputs=only_missing)
    manager.hook.after_pipeline_run(pipeline=PIPELINE, run_result={}, **facts)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == "lapa.hooks.stale_outputs"]


def test_nothing_is_said_where_nothing_changed(tmp_path: Path, caplog: Any) -> None:
    run(tmp_path)
    run(tmp_path)
    run(tmp_path, workers=5)
    assert said(caplog) == []


def test_a_changed_parameter_is_named_with_both_values_and_what_descends(
    tmp_path: Path, caplog: Any
) -> None:
    run(tmp_path)
    run(tmp_path, seed=9)
    first, last = said(caplog)
    assert first == f"raw is stale ({tmp_path / 'raw'}): recording.seed was 0, is 9"
    assert "what was made from them" in last
    assert "(model, twin)" in last


def test_what_is_made_anew_is_not_stale(tmp_path: Path, caplog: Any) -> None:
    run(tmp_path)
    run(tmp_path, only_missing=False, steps=4)
    assert said(caplog) == []


def test_an_input_that_was_made_anew_is_named_when_it_is_there(tmp_path: Path, caplog: Any) -> None:
    run(tmp_path)
    shutil.rmtree(tmp_path / "raw")
    run(tmp_path, seed=9)
    first, second, _ = said(caplog)
    assert first.startswith(f"model is stale ({tmp_path / 'model'}): raw was ")
    assert second.startswith("twin is stale")


def test_an_input_that_is_new_is_named(tmp_path: Path, caplog: Any) -> None:
    run(tmp_path)
    made = MadeWith.read(tmp_path / "model")
    assert made is not None
    older = {name: asked for name, asked in made.inputs.items() if name != "raw"}
    made.model_copy(update={"inputs": older}).write(tmp_path / "model")
    run(tmp_path)
    assert said(caplog)[0].startswith(
        f"model is stale ({tmp_path / 'model'}): raw was no input, is "
    )


def test_a_copy_in_the_place_of_another_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    shutil.rmtree(tmp_path / "model")
    shutil.copytree(tmp_path / "twin", tmp_path / "model")
    with pytest.raises(
        RefusedError, match=r"model holds 'twin' \(made by node train_twin\), expected"
    ):
        run(tmp_path)


def test_an_artefact_from_elsewhere_without_a_note_is_taken(tmp_path: Path, caplog: Any) -> None:
    run(tmp_path)
    (tmp_path / "model" / "made_with.json").unlink()
    run(tmp_path, steps=5)
    assert [line.split()[0] for line in said(caplog)] == ["twin", "Stale"]
