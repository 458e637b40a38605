"""What a console is told of a training, with and without a terminal."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from lapa.training.common import progress as progress_module
from lapa.training.common.progress import Progress
from lapa.training.laq.fit import train
from toys.squares import squares_loaders, tiny_params

FORMATS = {"val/top1": "codes right {:.1%}"}


class Terminal:
    """Standard error of a terminal, kept."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def plain(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until a test moves it."""
    now = [1000.0]
    monkeypatch.setattr(progress_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_a_line_a_minute_without_a_terminal(
    clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with Progress("foundation", total=30, done=0, formats=FORMATS) as progress:
        for step in range(1, 31):
            clock[0] += 10
            progress.advance(step, torch.tensor(1.25), lambda: {"val/top1": 0.5, "other": 1})
    first, *minutes, end = caplog.messages
    assert first == "foundation: starting, 30 steps; a line a minute"
    assert [int(m.split("step ")[1].split(" ")[0]) for m in minutes] == [6, 12, 18, 24]
    said = "foundation: step 6 of 30, loss 1.25, codes right 50.0%, 4 min left"
    assert minutes[0] == said
    assert end == "foundation: step 30 of 30, loss 1.25, codes right 50.0%, took 5 min"


def test_time_left_counts_from_where_the_training_was_resumed(
    clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with Progress("laq", total=100, done=90, formats={}) as progress:
        clock[0] += 60
        progress.advance(91, 0.5, dict)
    assert caplog.messages[0].startswith("laq: going on after step 90, 100 steps")
    assert caplog.messages[1] == "laq: step 91 of 100, loss 0.5, 9 min left"


def test_nothing_is_said_or_read_on_other_ranks(
    clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with Progress("laq", total=2, done=0, formats=FORMATS, shown=False) as progress:
        clock[0] += 600
        progress.advance(2, "unreadable", lambda: pytest.fail("metrics were read"))
    assert not caplog.messages


def test_a_bar_with_step_loss_and_figure_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    caplog.set_level(logging.INFO)
    with Progress("policy", total=20, done=0, formats=FORMATS) as progress:
        for step in range(1, 21):
            progress.advance(step, torch.tensor(1 / step), lambda: {"val/top1": 0.75})
    last = terminal.plain()
    assert "policy" in last
    assert "20/20" in last
    assert "loss 0.05, codes right 75.0%" in last
    assert not caplog.messages


def test_a_training_of_the_quantizer_tells_its_gain(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    params = tiny_params(
        trainer={"max_steps": 6, "validate_every": 3},
        codebook={"replace_every": 3, "replace_below": 0.9, "replace_until": 1.0},
    )
    train(params, squares_loaders(params), work=tmp_path)
    said = "\n".join(caplog.messages)
    assert "laq: starting, 6 steps" in said
    assert re.search(r"laq: step 6 of 6, loss [\d.]+, gain over copying frame t -?[\d.]+ dB", said)
    assert re.search(r"laq: before training, \d of the 8 codes are the nearest one", said)
    assert re.search(r"laq: exporting the weights of step \d, the best by val/psnr_gain", said)
    assert re.search(
        r"laq: step 3, codes? \d.* (was|were) hardly used \(less than 90 % of an even share\)", said
    )


def test_an_interrupted_training_takes_its_bar_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    params = tiny_params(optimizer={"learning_rate": 1e30, "clip_norm": 0})
    with pytest.raises(FloatingPointError):
        train(params, squares_loaders(params), work=tmp_path)
    assert terminal.text.count("\x1b[?25l") == terminal.text.count("\x1b[?25h") == 1
