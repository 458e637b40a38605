"""Export without notes of the exporter that nobody here can act on."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings: on torchvision, which nothing here uses, on how torch keeps weights of a GRU, on its own deprecations.

    What an export is worth is found by running it, not by them.
    """
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)
