"""A global that nobody reads is a typing error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from kedro.config import AbstractConfigLoader, OmegaConfigLoader

from lapa.config.presets import PRESETS
from lapa.refused import RefusedError, alternatives


def require_known_globals(loader: AbstractConfigLoader, known: Mapping[str, Any]) -> None:
    """Refuse a global that `base` does not have and no configuration of the run reads.

    Raises:
        RefusedError: naming it and the nearest one.
    """
    if not isinstance(loader, OmegaConfigLoader):
        return
    root = Path(loader.conf_source)
    base = root / loader.base_env
    if not (base / "globals.yml").is_file():
        return
    own = yaml.safe_load((base / "globals.yml").read_text()) or {}
    read = set(
        _read_in(
            path
            for env in (base, root / (loader.env or ""), root / PRESETS)
            for path in _files(env)
        )
    )
    for name in known:
        if name not in own and name not in read:
            raise RefusedError(
                f"globals.yml sets {name!r}, which nothing reads{alternatives(name, own)}"
            )


def _files(folder: Path) -> Iterable[Path]:
    return folder.rglob("*.yml") if folder.is_dir() else ()


def _read_in(files: Iterable[Path]) -> Iterable[str]:
    for path in files:
        yield from re.findall(r"\$\{globals:\s*(\w+)", path.read_text())
