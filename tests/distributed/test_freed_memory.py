"""Blocks that were freed are used again without asking the system for pages."""

from __future__ import annotations

import platform
import resource

import pytest
import torch

from lapa.distributed.freed_memory import keep_freed_memory

PAGES = 8 * 2**20 // resource.getpagesize()
"""Of the block that is taken and given back."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what is kept is a matter of glibc")
def test_freed_blocks_come_back_without_page_faults() -> None:
    assert keep_freed_memory()
    _take_and_free()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(8):
        _take_and_free()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < PAGES


def _take_and_free() -> None:
    torch.ones(2, PAGES * resource.getpagesize() // 4).sum()
