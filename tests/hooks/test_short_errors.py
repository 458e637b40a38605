"""Errors that lapa raised on purpose are shown without traceback on the command line; others are not."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from kedro.io import DatasetError

from lapa.datasets.raw_episodes import RawEpisodesDataset
from lapa.hooks.short_errors import FULL_TRACEBACK, ShortErrorsHook
from lapa.records import PairSpec, require_same


def raised(function: Callable[..., object], *arguments: Any, **keywords: Any) -> Exception:
    try:
        function(*arguments, **keywords)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.fixture(autouse=True)
def _command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FULL_TRACEBACK, raising=False)
    with click.Context(click.Command("run")):
        yield


OURS = raised(require_same, "labels", 1, 2, remedy="label again")


def test_our_own_error_is_its_message() -> None:
    with pytest.raises(click.ClickException, match="labels: found 1, expected 2; label again"):
        ShortErrorsHook().on_pipeline_error(OURS)


def test_kedros_wrapping_is_taken_off(tmp_path: Path) -> None:
    error = raised(RawEpisodesDataset(filepath=str(tmp_path)).load)
    assert isinstance(error, DatasetError)
    with pytest.raises(click.ClickException, match=r"found no record\.json"):
        ShortErrorsHook().on_pipeline_error(error)


def test_bugs_keep_their_traceback() -> None:
    of_a_library = raised(math.sqrt, -1)
    not_on_purpose = raised(PairSpec(horizon_s=1).frame_offset, math.nan)  # round() of nan
    assert isinstance(not_on_purpose, ValueError)
    for error in (of_a_library, not_on_purpose, KeyError("x")):
        ShortErrorsHook().on_pipeline_error(error)


def test_the_traceback_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FULL_TRACEBACK, "1")
    ShortErrorsHook().on_pipeline_error(OURS)
