"""The page of a sweep: the best parameters as a command, every trial, and the pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lapa.params.search_space import Dimension
from lapa.sweeps.page import write_sweep_page
from lapa.sweeps.plots.importances import importances
from lapa.sweeps.plots.scale import Scale, straight
from toys.sweeps import RATE, STEPS, made_up, sweep_of

TRIALS = [
    (1e-4, 12, 0.9),
    (1e-3, 18, 0.3),
    (2e-3, 12, 0.2),
    (9e-3, 18, None),
    (5e-3, 12, 0.6),
    (4e-4, 18, 0.5),
]


def written(folder: Path, trials: list[tuple[float, int, float | None]]) -> str:
    sweep = sweep_of(folder, pruner={"metric": "policy/val/mse_normalized"})
    page = folder / "sweep.html"
    write_sweep_page(sweep, made_up(sweep.params, trials), page, total=9)
    return page.read_text()


def test_the_best_is_there_as_a_command_and_the_trials_in_a_table(tmp_path: Path) -> None:
    page = written(tmp_path, TRIALS)
    assert f"kedro run --env=test --params={RATE}=0.002,{STEPS}=12" in page
    assert "6 of 9 trials: 5 complete, 1 pruned" in page
    assert page.count("sweep-scratch-p1-n4-s0-l0-0123abcd") == len(TRIALS)
    assert "pruned\N{NO-BREAK SPACE}at\N{NO-BREAK SPACE}step\N{NO-BREAK SPACE}6" in page
    assert "At which rate, and how long?" in page
    assert "looks better than it is" in page


def test_the_pictures_are_beside_the_page_and_in_it(tmp_path: Path) -> None:
    page = written(tmp_path, TRIALS)
    for name in ("history", "parallel", "importances"):
        with Image.open(tmp_path / f"{name}.png") as picture:
            assert min(picture.size) > 100
    assert page.count("data:image/png") == 3


def test_few_trials_say_nothing_about_importance(tmp_path: Path) -> None:
    page = written(tmp_path, TRIALS[:3])
    assert not (tmp_path / "importances.png").is_file()
    assert page.count("data:image/png") == 2


def test_what_makes_the_difference_is_important(tmp_path: Path) -> None:
    trials = [(10.0 ** (-4 + i / 10), 12 + 6 * (i % 2), i * i / 100) for i in range(20)]
    study = made_up(sweep_of(tmp_path).params, list(trials))
    shares = importances(study, seed=0)
    assert list(shares) == [RATE, STEPS]
    assert shares[RATE] > 0.9
    assert importances(study, seed=0) == shares


def test_values_stand_where_they_belong(tmp_path: Path) -> None:
    space = sweep_of(tmp_path).params.space
    rate, steps = Scale(space[RATE]), Scale(space[STEPS])
    assert [rate.place(v) for v in (1e-4, 1e-3, 1e-2)] == pytest.approx([0.0, 0.5, 1.0])
    assert [steps.place(v) for v in (12, 18)] == [0.25, 0.75]
    assert [text for _, text in steps.ticks()] == ["12", "18"]
    assert [text for _, text in rate.ticks()] == ["0.0001", "0.001", "0.01"]
    stepped = Scale(Dimension(low=12, high=48, step=12))
    assert [text for _, text in stepped.ticks()] == ["12", "24", "36", "48"]
    assert straight([2.0, 2.0]).place(2.0) == 0.0
