"""Save and load a latent action quantiser."""

from __future__ import annotations

import logging
from pathlib import Path

from lapa.models.laq.foreign import read_foreign
from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.storage import load_weights, read_config, save_model
from lapa.params.laq.model import LaqModelParams

logger = logging.getLogger(__name__)


def save_laq(folder: Path, model: LatentActionQuantizer) -> str:
    """Write weights and configuration; return the SHA-256 of the weights."""
    return save_model(folder, model, model.config)


def load_laq(
    source: Path | str, *, code_seq_len: int | None = None, image_size: int | None = None
) -> LatentActionQuantizer:
    """Load a quantizer in evaluation mode: one of ours, or a file of the original project or HLRP.

    Args:
        source: a folder with `model.safetensors` and `config.json`, or a checkpoint file.
        code_seq_len: codes per pair, of a file in which neither shapes nor settings tell.
        image_size: pixels per side, likewise.

    Raises:
        FileNotFoundError: there is no model.
        ValueError: configuration and weights do not belong together, or a file is refused
            (`lapa.models.laq.foreign`).
    """
    path = Path(source)
    if path.is_file():
        foreign = read_foreign(path, code_seq_len=code_seq_len, image_size=image_size)
        if foreign.alternatives:
            chosen = f"code_seq_len {foreign.config.code_seq_len} at {foreign.config.image_size} px"
            others = ", ".join(foreign.alternatives)
            logger.warning("%s is read as %s; %s would fit as well", path, chosen, others)
        return foreign.build()
    model = LatentActionQuantizer(read_config(path, LaqModelParams))
    load_weights(path, model, kind="laq")
    return model.eval()
