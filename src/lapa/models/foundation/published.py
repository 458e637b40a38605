"""Modules with published weights, in the Hugging Face layout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn

from lapa.models.foundation.initialization import Origin, count_parameters, require_complete


def load_published(
    kind: Any, source: str, *, module_name: str, allowed_fresh: Sequence[str], **options: Any
) -> tuple[Any, Origin]:
    """Load a module of `transformers` and say where its weights came from.

    Args:
        kind: class with ``from_pretrained``.
        source: folder or hub id; only safetensors are read.
        module_name: what the module is called here.
        allowed_fresh: beginnings of the names of weights that the folder may lack.
        options: passed on.

    Raises:
        ValueError: the folder lacks weights that nobody allowed to be fresh.
    """
    module, info = kind.from_pretrained(
        source, output_loading_info=True, use_safetensors=True, **options
    )
    lost = [*info["missing_keys"], *(str(key) for key in info["mismatched_keys"])]
    allowed = require_complete(lost, allowed=allowed_fresh, module_name=module_name, source=source)
    origin = Origin(module_name, "pretrained", source, count_parameters(module), allowed)
    return module, origin


def imported(folder: Path, module_name: str, module: nn.Module) -> Origin:
    """Describe a module whose weights an earlier training here made."""
    return Origin(module_name, "imported", str(folder), count_parameters(module))
