"""Have every part of MLflow in this process write through an `AwayStore`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from mlflow.tracking._tracking_service import utils

from lapa.tracking.away_store import AwayStore

_SCHEMES = ("sqlite", "postgresql", "mysql", "mssql", "http", "https")
_IMPATIENT: Mapping[str, str] = {
    # MLflow's own limits let one metric wait for four minutes
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}
_STORES = ("mlflow.store.tracking.sqlalchemy_store", "mlflow.store.model_registry.sqlalchemy_store")
"""Modules that keep connections to databases."""


def write_through_journal() -> None:
    """From now on MLflow may go away while something is logged; calling again changes nothing."""
    for name, value in _IMPATIENT.items():
        os.environ.setdefault(name, value)
    registry: Any = utils._tracking_store_registry
    for scheme in _SCHEMES:
        builder = registry._registry[scheme]
        if not isinstance(builder, _Patient):
            registry.register(scheme, _Patient(builder))
            registry._get_store_with_resolved_uri.cache_clear()
    _start_anew_in_forks()


def deliver_kept(uri: str) -> None:
    """Deliver what this process and dead ones have kept for MLflow at ``uri``, if it answers."""
    store = utils._tracking_store_registry.get_store(uri)  # type: ignore[no-untyped-call]
    if isinstance(store, AwayStore):
        store.deliver()


@cache
def _start_anew_in_forks() -> None:
    os.register_at_fork(after_in_child=_start_anew)


def _start_anew() -> None:
    """A process that was forked from us writes over connections of its own, and into a journal of its own."""
    registry: Any = utils._tracking_store_registry
    registry._get_store_with_resolved_uri.cache_clear()
    for name in _STORES:
        if name in sys.modules:
            engines: Any = sys.modules[name].SqlAlchemyStore._engine_map
            for engine in engines.values():
                engine.dispose(close=False)  # those of the parent stay open


class _Patient:
    """Builds a store that may be away."""

    def __init__(self, builder: Callable[..., Any]) -> None:
        self._builder = builder

    def __call__(self, store_uri: str, artifact_uri: str | None = None) -> AwayStore:
        build = partial(self._builder, store_uri=store_uri, artifact_uri=artifact_uri)
        return AwayStore(build, store_uri)
