"""Every environment takes every size and every cluster, one choice at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.config.presets import PRESET, PRESETS, WHOLE
from lapa.hooks.preflight.parameter_names import require_known_parameters
from toys.paths import ROOT

CONF = ROOT / "conf"
ENVIRONMENTS = sorted(
    folder.name
    for folder in CONF.iterdir()
    if folder.is_dir() and folder.name not in {PRESETS, "local"}
)


def choice(preset: Path) -> dict[str, Any]:
    """What `--params` says to choose this file."""
    section = preset.parent.name
    return {section: preset.stem} if section in WHOLE else {section: {PRESET: preset.stem}}


CHOICES = [
    pytest.param(choice(path), id=f"{path.parent.name}-{path.stem}")
    for path in sorted((CONF / PRESETS).glob("*/[!_]*.yml"))
]


OWN_DATA = {"cross_environment", "cross_task", "cross_task_inverse", "harder", "metaworld"}
"""Environments that change single values of the datasets that they name: other data is no choice there."""


@pytest.mark.parametrize(
    ("environment", "given"),
    [
        pytest.param(environment, *one.values, id=f"{environment}-{one.id}")
        for environment in ENVIRONMENTS
        for one in CHOICES
        if environment not in OWN_DATA or "data" not in str(one.id).split("-")
    ],
)
def test_every_choice_is_one_in_every_environment(
    monkeypatch: pytest.MonkeyPatch, environment: str, given: dict[str, Any]
) -> None:
    for name in ("LAPA_REFERENCE_DATA", "LAPA_VIDEOS", "LAPA_DATASET"):
        monkeypatch.setenv(name, "/somewhere")
    monkeypatch.setenv("LAPA_KIND", "lerobot")
    loader = ConfigLoader(str(CONF), env=environment, runtime_params=given, **CONFIG_LOADER_ARGS)
    parameters, known = loader["parameters"], loader["globals"]
    require_known_parameters(parameters, given=loader.runtime_params or {}, known_globals=known)
