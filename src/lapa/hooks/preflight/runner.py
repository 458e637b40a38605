"""A runner of Kedro's under which a run would not be whole is refused before anything is opened."""

from __future__ import annotations

import multiprocessing
import os

from lapa.refused import RefusedError

START = "KEDRO_MP_CONTEXT"
"""Environment variable that tells Kedro how its processes start; without it, as Python starts them here."""


def require_runner(runner: str, *, side_by_side: bool) -> None:
    """Refuse threads, and processes that do not begin as copies of this one.

    Args:
        runner: as Kedro names it among the facts of a run.
        side_by_side: nodes get processes of their own.

    Raises:
        RefusedError: saying which runner does what was asked for.
    """
    if "ThreadRunner" in runner:
        raise RefusedError(
            "the runner is ThreadRunner, expected SequentialRunner or ParallelRunner: threads share torch's random "
            "numbers and one processor clock, so that trainings side by side would change one another's results; "
            "for arms side by side: --runner=ParallelRunner"
        )
    start = os.environ.get(START) or multiprocessing.get_start_method()
    if side_by_side and start != "fork":
        raise RefusedError(
            f"ParallelRunner would start its processes by {start!r}, expected 'fork': others know neither the "
            f"project nor its hooks, so that nothing would reach MLflow; set {START}=fork, or leave --runner out"
        )
