"""A profiled training leaves a page and a trace beside its weights, and its weights are the same."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.params.base import TrainerParams
from lapa.records import PairSpec
from lapa.training.common.profiling.step_profiler import StepProfiler
from lapa.training.foundation import fit
from lapa.training.laq import fit as fit_quantizer
from lapa.training.laq.fit import train
from lapa.training.laq.loaders import LaqLoaders
from toys.foundations import arguments, params
from toys.labeled_squares import labeled_squares
from toys.shards import tiny_shard_set
from toys.squares import squares_loaders, tiny_params


def page(work: Path) -> str:
    return (work / "profile" / "profile.md").read_text()


def operators_of(work: Path) -> set[str]:
    with gzip.open(work / "profile" / "trace.json.gz", "rt") as file:
        return {event.get("name", "") for event in json.load(file)["traceEvents"]}


def test_a_backbone(tmp_path: Path) -> None:
    squares = labeled_squares(tmp_path / "squares", n=60)
    config = params(accumulate=2, trainer={"max_steps": 12, "profile_steps": 4})
    record = fit(**arguments(*squares, config, tmp_path / "profiled"))
    without = params(accumulate=2, trainer={"max_steps": 12})
    assert record.digest == fit(**arguments(*squares, without, tmp_path / "plain")).digest
    model = Path(record.path)
    said = page(model)
    assert said.startswith("# Where the time of a training step goes: foundation")
    assert "4 steps after the first ones, on cpu" in said
    assert all(name in said for name in ("backward pass", "clipping and optimizer", "| `aten::"))
    assert "aten::addmm" in operators_of(model)
    assert not (tmp_path / "plain" / "profile").exists()


def test_a_quantizer(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path / "squares")
    trainer = tiny_params().trainer.model_dump()
    profiled = tiny_params(trainer=trainer | {"profile_steps": 3})

    def trained(config: Any, work: Path) -> Any:
        return fit_quantizer(
            shards=shards, pair_spec=PairSpec(horizon_s=0.1), params=config, work=work
        )

    record = trained(profiled, tmp_path / "profiled")
    assert record.digest == trained(tiny_params(), tmp_path / "plain").digest
    assert "goes: laq" in page(Path(record.path))
    assert "3 steps after the first ones" in page(Path(record.path))
    assert operators_of(Path(record.path))


def test_slow_data_are_what_holds_a_quantizer_up(tmp_path: Path) -> None:
    trainer = tiny_params().trainer.model_dump() | {"profile_steps": 3}
    config = tiny_params(trainer=trainer)
    loaders = squares_loaders(config)
    train(config, _slow(loaders), work=tmp_path)
    assert "**The data hold it up" in page(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    waits = [line["train/data_wait_fraction"] for line in lines if "train/loss" in line]
    assert max(waits) > 0.5


def _slow(loaders: LaqLoaders) -> LaqLoaders:
    fast = loaders.train

    def slow(start: int) -> Iterator[Any]:
        for batch in fast(start):
            time.sleep(0.5)
            yield batch

    object.__setattr__(loaders, "train", slow)
    return loaders


def test_a_training_that_ends_sooner_has_a_page_of_what_there_was(tmp_path: Path) -> None:
    profiler = make(tmp_path, profile_steps=100)
    for _ in range(5):
        one_step(profiler)
    profiler.finish()
    assert "2 steps after the first ones" in page(tmp_path)
    assert "## Operators" not in page(tmp_path)


def test_nothing_to_say_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    profiler = make(tmp_path, profile_steps=100)
    one_step(profiler)
    profiler.finish()
    assert "nothing profiled: the training ended within its first 3 steps" in caplog.text
    assert not (tmp_path / "profile").exists()


def make(folder: Path, *, profile_steps: int) -> StepProfiler:
    config = TrainerParams(max_steps=200, batch_size=8, profile_steps=profile_steps)
    return StepProfiler("laq", folder, config, device=torch.device("cpu"))


def one_step(profiler: StepProfiler) -> None:
    profiler.begin()
    profiler.passed("data")
    profiler.passed("optimizer")
    profiler.end()
