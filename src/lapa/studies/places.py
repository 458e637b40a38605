"""What the runs of a study need from this machine, asked before the first of them."""

from __future__ import annotations

from collections.abc import Iterable

from lapa.hooks.preflight.devices import require_processes
from lapa.hooks.preflight.sources import require_sources
from lapa.studies.orders import DATA, CellOrder, RunOrder
from lapa.studies.preflight import saying_where


def require_places(orders: Iterable[RunOrder]) -> None:
    """Refuse runs whose sources are not here, or that ask for more processes or GPUs than there are.

    Args:
        orders: that are to be made; sources are read by those of data alone.

    Raises:
        RefusedError: of the first that cannot be made, naming run or cell.
    """
    for order in orders:
        name = f"cell {order.key.name}" if isinstance(order, CellOrder) else f"run {order.name}"
        with saying_where(f"{name} (--env={order.configuration.env})"):
            if order.part == DATA:
                require_sources(order.configuration.typed)
            require_processes(order.configuration.typed)
