"""Every score of a table of pairs on codes whose meaning is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lapa.evaluation.codes.flow_scores import flow_scores
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.score import Score
from lapa.params.evaluation import ProbeParams
from toys.pair_tables import action_codes, mirrored_codes, random_codes, scene_codes
from toys.table_scores import permuted_scores, probed_scores, table_scores

QUICK = ProbeParams(folds=4, ridge=(10.0,), resamples=40)
MOTIONS = ("motion_direction", "dx", "dy")
MEANING = (
    *(f"consistency/{motion}" for motion in MOTIONS),
    "compass_agreement/raw",
    "compass_agreement/centered",
    "flow_information/direction",
    "flow_information/still",
    "flow_concentration",
    *(f"flow_r2/{kind}" for kind in ("mean", "weighted", "moving")),
    "code_entropy_given/motion",
    "code_entropy_given/action",
    "instruction_nmi/instruction",
    "instruction_purity/instruction",
)
"""Scores that ask whether codes mean the motion."""
LEAKS = ("nuisance/dataset", "nuisance/environment")


@pytest.fixture(scope="module")
def of_actions() -> dict[str, Score]:
    return table_scores(action_codes(pairs=2000, episodes=32), QUICK)


@pytest.fixture(scope="module")
def of_scenes() -> dict[str, Score]:
    return table_scores(scene_codes(), QUICK)


@pytest.fixture(scope="module")
def of_mirrored() -> dict[str, Score]:
    return table_scores(mirrored_codes(pairs=2000, episodes=32), QUICK)


@pytest.mark.parametrize("name", [*MEANING, *LEAKS])
def test_codes_that_are_the_action_pass(of_actions: dict[str, Score], name: str) -> None:
    assert of_actions[name].verdict == "passes"


@pytest.mark.parametrize(
    ("name", "least"),
    [
        *((f"consistency/{motion}", 0.9) for motion in MOTIONS),
        ("compass_agreement/centered", 0.95),
        ("flow_concentration", 0.9),
        ("flow_information/direction", 0.7),
        *((f"flow_r2/{kind}", 0.95) for kind in ("mean", "weighted", "moving")),
        ("code_entropy_given/environment", 0.98),
    ],
)
def test_codes_that_are_the_action_are_near_the_top(
    of_actions: dict[str, Score], name: str, least: float
) -> None:
    assert of_actions[name].metric.value > least


@pytest.mark.parametrize("given", ["motion", "action"])
def test_the_motion_settles_codes_that_are_the_action(
    of_actions: dict[str, Score], given: str
) -> None:
    score = of_actions[f"code_entropy_given/{given}"]
    assert score.control is not None
    assert score.metric.value < 0.45
    assert score.control.value > 0.9


def test_codes_that_are_the_action_name_no_scene_more_than_chance(
    of_actions: dict[str, Score],
) -> None:
    assert of_actions["nuisance/dataset"].metric.value < 0.55
    assert of_actions["nuisance/environment"].metric.value < 0.3


@pytest.mark.parametrize(
    "name",
    [
        *LEAKS,
        "nuisance_minus_untrained/dataset",
        "nuisance_minus_untrained/environment",
        "code_entropy_given/environment",
    ],
)
def test_codes_that_name_the_scene_are_caught(of_scenes: dict[str, Score], name: str) -> None:
    assert of_scenes[name].verdict == "fails"


def test_codes_that_name_the_scene_pass_as_meaning_nothing(of_scenes: dict[str, Score]) -> None:
    assert not {
        name for name in MEANING if name in of_scenes and of_scenes[name].verdict == "passes"
    }
    assert not any(name.startswith(("consistency", "compass")) for name in of_scenes), (
        "no code occurs in two datasets"
    )


@pytest.mark.parametrize(
    "name",
    [
        "consistency/motion_direction",
        "consistency/dx",
        "compass_agreement/raw",
        "compass_agreement/centered",
    ],
)
def test_codes_that_are_mirrored_in_one_dataset_are_caught(
    of_mirrored: dict[str, Score], name: str
) -> None:
    assert of_mirrored[name].verdict == "fails"
    assert of_mirrored[name].metric.value < -0.5


def test_mirrored_codes_still_tell_the_motion_inside_a_dataset(
    of_mirrored: dict[str, Score],
) -> None:
    assert of_mirrored["code_entropy_given/action"].verdict == "passes"
    assert of_mirrored["flow_r2/weighted"].metric.value < 0.1


def alarms_of(measure: Callable[[PairTable], dict[str, Score]], *, episodes: int) -> dict[str, int]:
    """How often of 100 draws random codes stand apart from their control; to name no scene is no alarm."""
    alarms: Counter[str] = Counter()
    for seed in range(100):
        scores = measure(random_codes(pairs=16 * episodes, episodes=episodes, seed=seed))
        for name, score in scores.items():
            good = {"unclear", "passes"} if name in LEAKS else {"unclear"}
            alarms[name] += score.verdict not in good
    return dict(alarms)


@pytest.mark.timeout(900)  # ten seconds of an idle core
def test_random_codes_raise_no_alarm_among_permutations() -> None:
    alarms = alarms_of(lambda table: permuted_scores(table, 20), episodes=14)
    permuted = {name for name in MEANING if not name.startswith("flow_r2")}
    assert permuted | {"code_entropy_given/environment"} == set(alarms)
    assert max(alarms.values()) <= 5, alarms


@pytest.mark.timeout(900)  # ten seconds of an idle core
def test_random_codes_raise_no_alarm_among_probes() -> None:
    params = ProbeParams(folds=3, ridge=(10.0,), resamples=100)
    alarms = alarms_of(lambda table: probed_scores(table, params, ("dataset",)), episodes=20)
    assert len(alarms) == 5
    assert max(alarms.values()) <= 5, alarms


def test_neighbours_that_are_alike_raise_no_alarm() -> None:
    """Codes that stay the same for a whole episode, and motion that drifts with it: single pairs would seem related."""
    alarms = 0
    for seed in range(20):
        table = random_codes(pairs=240, episodes=12, seed=seed)
        of_episode = np.random.default_rng(seed).integers(8, size=(12, 2))
        held = replace(table, codes=of_episode[table.episode])
        scores = {s.metric.name: s for s in flow_scores(held, draws=40, seed=0)}
        alarms += scores["flow_information/direction"].verdict == "passes"
    assert alarms <= 2
