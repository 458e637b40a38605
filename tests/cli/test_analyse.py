"""`lapa analyse`: a page and a table from two folders, and refusals that name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lapa.cli.analyse import analyse
from lapa.evaluation.codes.pair_frame import read_pair_table
from lapa.evaluation.section import Evidence
from lapa.records import EvaluationReport, ShardSet
from toys.shards import tiny_shard_set
from toys.world import untrained_laq


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    folder = tmp_path_factory.mktemp("shards")
    return tiny_shard_set(folder, n=12, size=16, split={"val_fraction": 0.5})


@pytest.fixture
def laq(shards: ShardSet, tmp_path: Path) -> Path:
    untrained_laq(tmp_path / "laq", shards, 3).write(tmp_path / "laq")
    return tmp_path / "laq"


def run(*arguments: object) -> Result:
    quick = ["probe.folds=2", "probe.resamples=50", "probe.max_iterations=5", "flow.cache=null"]
    options = [text for param in quick for text in ("--param", param)]
    return CliRunner().invoke(analyse, [*map(str, arguments), *options])


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_sentences_table_and_page(
    shards: ShardSet, laq: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Evidence, "plot", lambda *_: ())
    out, npz = tmp_path / "out", tmp_path / "npz"
    result = run(laq, shards.path, "--out", out, "--npz", npz, "--samples", 20)
    assert result.exit_code == 0, result.output
    assert "- " in result.output
    assert f"page: {out / 'report.html'}" in result.output
    assert len(read_pair_table(out / "pairs.parquet")) == 20
    assert len(list(npz.glob("latent_action_*.npz"))) == 20
    report = EvaluationReport.read(out)
    assert report.digest == report.content_digest()
    assert report.path == str(out)
    assert not list(tmp_path.glob(".*.partial"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--datasets", "hands"), "no dataset ['hands'], only ['squares']"),
        (("--where", "instruction=dance"), "no instruction ['dance']"),
        (("--where", "color=red"), "color"),
        (("--where", "red"), "expected COLUMN=TEXT"),
        (("--split", "test"), "no split 'test'"),
        (("--horizon-s", "0.2"), "says its own"),
    ],
)
def test_what_is_not_there_is_named(
    shards: ShardSet, laq: Path, tmp_path: Path, options: tuple[str, str], message: str
) -> None:
    result = run(laq, shards.path, "--out", tmp_path / "out", *options)
    assert result.exit_code != 0
    assert message in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_quantiser_for_other_frames_is_refused(
    shards: ShardSet, laq: Path, tmp_path: Path
) -> None:
    large = untrained_laq(tmp_path / "large", shards, 0, image_size=32, patch_size=4)
    result = run(large.path, shards.path)
    assert "takes frames of 32 pixels, found 16" in result.output
    small = untrained_laq(tmp_path / "small", shards, 0)
    assert "expected --horizon-s SECONDS" in run(small.path, shards.path).output
    short = run(small.path, shards.path, "--horizon-s", 0.01)
    assert "expected at least one frame" in short.output
    assert short.exit_code == 1
    assert "no model at" in run(tmp_path, shards.path).output
    assert "no finished shard set" in run(laq, tmp_path).output
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/diary.txt").write_text("dear")
    assert "diary.txt" in run(laq, shards.path, "--out", tmp_path / "mine").output
