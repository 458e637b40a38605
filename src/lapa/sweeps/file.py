"""The file of a sweep, and each of its trials as a study of one cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lapa.params.search_space import Value
from lapa.params.study import SettingParams, StudyParams, VariantParams
from lapa.params.sweep import SweepParams
from lapa.records import digest_of
from lapa.studies.file import Study, read_checked, results_folder

KIND = "sweep"
SETTING = "sweep"
"""The one setting of a trial; it begins the names of policies' runs."""
SHOWN_DIGITS = 8
Values = Mapping[str, Value]
"""Dotted parameter -> value: the point of a trial."""


@dataclass(frozen=True)
class Sweep:
    """A sweep, and where its results lie."""

    name: str
    """The file's, without its ending."""
    file: Path
    params: SweepParams
    results: Path


def read_sweep(file: Path) -> Sweep:
    """Read and check the file of a sweep.

    Raises:
        RefusedError: it is no YAML mapping, or has an unknown key or a value that is not accepted.
    """
    expected = "question, pipeline, metric and space (docs/sweeps.md)"
    params = read_checked(file, SweepParams, KIND, expected=expected)
    return Sweep(file.stem, file, params, results_folder(file, params.results))


def as_study(sweep: Sweep, values: Values) -> Study:
    """The study whose one cell is a trial: equal values give the same runs, whichever trial they belong to.

    Args:
        sweep: what all trials have in common.
        values: of this one.
    """
    params = sweep.params
    return Study(
        name=sweep.name,
        file=sweep.file,
        params=StudyParams(
            question=params.question,
            params=params.params,
            settings={SETTING: SettingParams(env=params.env)},
            arms=(params.arm,),
            variants={variant_of(values): VariantParams(params=dict(values))},
            budgets=(params.budget,),
            seeds=(params.pretraining_seed,),
            subsets=(params.subset,),
            threads=params.threads,
            upstream=params.pipeline == "evaluate_laq",
        ),
        results=sweep.results,
        kind=KIND,
        ends_with_policy=params.pipeline == "finetune",
    )


def variant_of(values: Values) -> str:
    """A name for these values that no others have."""
    return f"p{digest_of(dict(values))[:SHOWN_DIGITS]}"


def asked_of(params: SweepParams) -> dict[str, Any]:
    """What makes trials comparable: all but how many there are and how they are chosen and stopped."""
    free = {"question", "n_trials", "seed", "sampler", "pruner", "results", "threads"}
    return params.model_dump(mode="json", exclude=free, exclude_defaults=True)
