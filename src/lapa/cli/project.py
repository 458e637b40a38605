"""Where the configuration is: in the project the caller stands in, else the copy inside the package."""

from __future__ import annotations

import os
from pathlib import Path

import lapa

PACKAGED_CONF = Path(lapa.__file__).parent / "conf"
"""In a checkout a link to its own `conf`; in a wheel a copy of it, without `conf/local`."""


def use_packaged_logging() -> None:
    """Let Kedro, which looks for a file as soon as it is imported, find ours wherever we are."""
    if not Path("conf/logging.yml").is_file():
        os.environ.setdefault("KEDRO_LOGGING_CONFIG", str(PACKAGED_CONF / "logging.yml"))


def conf_of(folder: Path) -> Path:
    """The `conf` folder of the project around ``folder``, else the packaged one."""
    project = project_around(folder)
    return project / "conf" if project else PACKAGED_CONF


def project_around(folder: Path) -> Path | None:
    """``folder`` or the nearest parent that is a Kedro project."""
    from kedro.utils import find_kedro_project  # noqa: PLC0415 - takes a moment; --help need not wait

    root: Path | None = find_kedro_project(folder.resolve())
    return root
