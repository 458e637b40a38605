from __future__ import annotations

import sys

import pytest

from lapa.evaluation.policies.progress_bar import progress_bar


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_on_a_terminal_only(
    is_terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    with progress_bar("closed loop", 8) as on_over:
        on_over(3)
        on_over(5)
    assert ("8/8" in capsys.readouterr().err) is is_terminal
