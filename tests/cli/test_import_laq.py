"""`lapa import-laq` writes an artefact of the catalog; `lapa export-laq` brings it back."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from lapa.cli.export_laq import export_laq
from lapa.cli.import_laq import import_laq
from lapa.datasets.checkpoint import CheckpointDataset
from lapa.models.laq import load_laq
from lapa.records import Checkpoint, digest_of_file
from toys.foreign import Sizes, State, hlrp_state, original_state, save_lightning
from toys.paths import ROOT

SIZES = Sizes(codes=4, grid=8, patch=4)


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.chdir(ROOT)  # where the configuration is
    return original_state(SIZES)


def invoke(file: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(import_laq, [str(file), "--out", str(out), *options])


def record_of(out: Path) -> Checkpoint:
    return CheckpointDataset(filepath=str(out), kind="laq").load()


@pytest.mark.parametrize("prefix", ["", "module."])
def test_there_and_back(state: State, tmp_path: Path, prefix: str) -> None:
    torch.save({prefix + name: t for name, t in state.items()}, tmp_path / "laq.pt")
    done = invoke(tmp_path / "laq.pt", tmp_path / "imported", "--image-size", "32")
    assert done.exit_code == 0, done.output
    assert not (tmp_path / "random_laq").exists()
    command = [str(tmp_path / "imported"), "--out", str(tmp_path / "back.pt")]
    done = CliRunner().invoke(export_laq, command)
    assert done.exit_code == 0, done.output
    back = torch.load(tmp_path / "back.pt", weights_only=True)
    assert set(back) == set(state)
    assert all(torch.equal(back[name], state[name]) for name in state)


def test_the_record_says_where_it_comes_from_and_what_it_expects(
    state: State, tmp_path: Path
) -> None:
    file = save_lightning(tmp_path / "a.ckpt", hlrp_state(state, flow=True), SIZES.settings)
    done = invoke(file, tmp_path / "run/laq", "--horizon-s", "0.5", "--env", "test")
    assert done.exit_code == 0, done.output
    record = record_of(tmp_path / "run/laq")
    assert (record.kind, record.step, record.resize) == ("laq", 1234, "squash")
    assert record.inputs == {"checkpoint_file": digest_of_file(file)}
    assert record.pair_spec.horizon_s == 0.5
    assert record.is_imported
    assert record.files["config.json"] == digest_of_file(tmp_path / "run/laq/config.json")
    assert any("optical flow was left out" in note for note in record.notes)
    assert not any("horizon" in note for note in record.notes)
    assert "image_size=32,code_seq_len=4,codebook_size=8,horizon_s=0.5" in done.output
    assert "/secret" not in done.output
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"laq", "random_laq"}


def test_the_control_has_the_size_and_has_learnt_nothing(state: State, tmp_path: Path) -> None:
    file = save_lightning(tmp_path / "a.ckpt", hlrp_state(state), SIZES.settings)
    assert invoke(file, tmp_path / "laq").exit_code == 0
    control = record_of(tmp_path / "random_laq")
    assert (control.step, control.inputs, control.is_imported) == (0, {}, False)
    assert control.pair_spec == record_of(tmp_path / "laq").pair_spec
    untrained, trained = load_laq(tmp_path / "random_laq"), load_laq(tmp_path / "laq")
    assert untrained.config == trained.config
    assert not torch.equal(untrained.quantizer.codebook_rows(), trained.quantizer.codebook_rows())


def test_what_was_assumed_is_said_and_recorded(state: State, tmp_path: Path) -> None:
    torch.save(state, tmp_path / "laq.pt")
    done = invoke(tmp_path / "laq.pt", tmp_path / "imported")
    notes = record_of(tmp_path / "imported").notes
    for sentence in (
        "its horizon was not given at import: 0.1 s is that of the configuration",
        "its file fits code_seq_len 16 at 64 px as well",
        "its file does not say how many steps it was trained: step 0 stands for that",
    ):
        assert sentence in notes
        assert sentence in done.output


def test_nothing_is_replaced_but_by_itself(state: State, tmp_path: Path) -> None:
    torch.save(state, tmp_path / "laq.pt")
    out = tmp_path / "laq"
    assert [invoke(tmp_path / "laq.pt", out).exit_code for _ in range(2)] == [0, 0]
    before = record_of(out), record_of(tmp_path / "random_laq")
    torch.save(original_state(Sizes(codes=1, grid=8)), tmp_path / "other.pt")
    done = invoke(tmp_path / "other.pt", out)
    assert done.exit_code == 1
    assert "holds another quantizer" in done.output
    assert (record_of(out), record_of(tmp_path / "random_laq")) == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").touch()
    done = invoke(tmp_path / "laq.pt", tmp_path / "mine")
    assert done.exit_code == 1
    assert "notes.txt" in done.output


def test_a_refused_file_leaves_nothing(state: State, tmp_path: Path) -> None:
    torch.save({"step": 3, "model": state}, tmp_path / "laq.pt")
    done = invoke(tmp_path / "laq.pt", tmp_path / "laq")
    assert done.exit_code == 1
    assert "expected a state dict" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["laq.pt"]


def test_an_environment_nobody_wrote_is_named(state: State, tmp_path: Path) -> None:
    torch.save(state, tmp_path / "laq.pt")
    done = invoke(tmp_path / "laq.pt", tmp_path / "laq", "--env", "tets")
    assert done.exit_code == 1
    assert "did you mean 'test'" in str(done.exception) + done.output
