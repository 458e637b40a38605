"""Kedro sessions in this process, on a copy of the configuration with data and MLflow of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import mlflow
import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from toys.paths import ROOT


def merged(base: Any, change: Any) -> Any:
    """``change`` laid over ``base``, sections by their names."""
    if not (isinstance(base, dict) and isinstance(change, dict)):
        return change
    return base | {key: merged(base.get(key), value) for key, value in change.items()}


class Sessions:
    """Runs by name; each is one `kedro run` without the seconds that a process takes to start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(ROOT / "pyproject.toml", folder)
        shutil.copytree(ROOT / "conf", folder / "conf")
        (folder / "src").mkdir()
        bootstrap_project(folder)

    def run(self, name: str, env: str | None, parameters: dict[str, Any], **selection: Any) -> Any:
        """One `kedro run --env=ENV --params=run=NAME,...`; return the catalog afterwards."""
        runtime = parameters | {"run": name}
        with KedroSession.create(self.folder, env=env, runtime_params=runtime) as session:
            session.run(**selection)
            return session.load_context().catalog

    def share(self, source: str, name: str) -> None:
        """Give run ``name`` everything that run ``source`` made so far, as if it had made it itself."""
        for made in (self.folder / "data").glob(f"[0-9]*/{source}"):
            shutil.copytree(made, made.with_name(name), copy_function=os.link)


Kind = TypeVar("Kind", bound=Sessions)


@contextmanager
def sessions_in(folder: Path, kind: type[Kind]) -> Iterator[Kind]:
    """Sessions of this kind below ``folder``; what they set in this process is put back in the end."""
    before = mlflow.get_tracking_uri()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
        patch.delenv("MLFLOW_EXPERIMENT_ID", raising=False)
        patch.chdir(folder)
        yield kind(folder)
    mlflow.set_tracking_uri(before)
