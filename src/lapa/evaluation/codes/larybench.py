"""Latent actions as LARYBench's probes read them: a ``.npz`` for each pair, and a table of their paths.

LARYBench (Meituan LongCat, `get_latent_action`, `regression`) extracts ``latent_action_<row>.npz`` with ``tokens``
and ``indices``, and trains its probes from a CSV whose column ``la_path`` names the files and ``action`` those of the
true actions. A probe of the vectors before quantisation hides a collapsed codebook, so both are written.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from einops import rearrange
from numpy.typing import NDArray

from lapa.evaluation.codes.held_out import HeldOutPairs
from lapa.evaluation.codes.pair_table import PairTable

TABLE = "latent_actions.csv"


def write_larybench(table: PairTable, pairs: HeldOutPairs, folder: Path) -> Path:
    """Write a folder that LARYBench's probes read.

    ``latent_action_00000000.npz`` holds of row 0 ``tokens float32 (code, quant_dim)``, what the decoder is given,
    ``pre_quantized`` of the same shape, and ``indices int64 (code,)``, empty where latents are continuous.
    ``action_00000000.npy`` is ``float32 (H, action_dim)``, the actions from t to t+H-1 as recorded, where there
    are any.

    Args:
        table: the pairs.
        pairs: the same, in the same order; their actions are read from the shards.
        folder: made, if it is not there.

    Returns:
        The table: dataset, episode, environment, instruction, frame, ``la_path`` and ``action``, relative to the
        folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    codes = table.vectors.shape[1]
    before = rearrange(table.pre_quantized, "pair (code dim) -> pair code dim", code=codes)
    rows = []
    for row in range(len(table)):
        name = f"latent_action_{row:08d}.npz"
        indices = np.empty(0, np.int64) if table.codes is None else table.codes[row]
        np.savez(
            folder / name, tokens=table.vectors[row], indices=indices, pre_quantized=before[row]
        )
        rows.append({"la_path": name, "action": _write_actions(pairs, row, folder)})
    known = {
        name: getattr(table, name)
        for name in ("dataset", "episode", "environment", "instruction", "frame")
    }
    file = folder / TABLE
    pd.DataFrame(known | pd.DataFrame(rows).to_dict("list")).to_csv(file, index=False)
    return file


def _write_actions(pairs: HeldOutPairs, row: int, folder: Path) -> str:
    """Write the actions of a pair; return the file's name, empty where its dataset has none."""
    actions = _actions(pairs, row)
    if actions is None:
        return ""
    name = f"action_{row:08d}.npy"
    np.save(folder / name, actions)
    return name


def _actions(pairs: HeldOutPairs, row: int) -> NDArray[np.float32] | None:
    dataset = pairs.dataset
    clip, frame = dataset.position_of(row)
    if not dataset.table.numbers["action_dim"][clip]:
        return None
    return dataset.reader.array(clip, "actions")[frame : frame + dataset.offset(row)]
