from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lapa.cli.export import export
from lapa.export.formats import onnx_file
from toys.quantizers import tiny_laq


def test_a_quantizer_for_torch_and_for_the_hub(tmp_path: Path) -> None:
    tiny_laq(tmp_path / "laq")
    result = CliRunner().invoke(
        export,
        [str(tmp_path / "laq"), str(tmp_path / "out"), "--format", "torch", "--samples", "3"],
    )
    assert result.exit_code == 0, result.output
    assert "3 pictures of random pixels" in result.output
    assert (tmp_path / "out/encode.pt2").is_file()
    result = CliRunner().invoke(
        export, [str(tmp_path / "laq"), str(tmp_path / "hub"), "--format", "hub"]
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "hub/README.md").is_file()


def test_problems_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_laq(tmp_path / "laq")
    result = CliRunner().invoke(export, [str(tmp_path), str(tmp_path / "out"), "--format", "torch"])
    assert result.exit_code == 1
    assert "no model at" in result.output
    monkeypatch.setattr(onnx_file, "PACKAGES", ("onnx", "no-such-package"))
    result = CliRunner().invoke(export, [str(tmp_path / "laq"), str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "not installed: no-such-package" in result.output
    assert "pip install 'lapa[export]'" in result.output
