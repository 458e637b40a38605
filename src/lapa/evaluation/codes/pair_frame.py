"""The table of pairs as a data frame, and back: how it lies in Parquet, one row a pair.

Texts and numbers are columns; vectors are lists: ``codes``, ``vectors`` and ``pre_quantized`` (both
``code · quant_dim`` numbers), ``random_codes`` and ``random_pre_quantized`` of the untrained quantiser, ``actions``
and ``states`` (NaN where a dataset has fewer), ``flow_mean``, ``flow_weighted`` and ``flow_moving`` (right, down;
fractions of the image's width) beside ``flow_magnitude`` and ``flow_static``. What one has not is no column.
Names and units of actions and the codebook's size are attributes of the frame, which Parquet keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from einops import rearrange
from numpy.typing import NDArray

from lapa.evaluation.codes.pair_table import PairMotion, PairTable
from lapa.folders.full_disk import told_when_full

PLAIN = ("dataset", "episode", "environment", "instruction", "frame")
LISTS = (
    "codes",
    "random_codes",
    "pre_quantized",
    "random_pre_quantized",
    "actions",
    "states",
)
FLOW = "flow_"
MOTION = tuple(column.name for column in fields(PairMotion))


def pair_frame(table: PairTable) -> pd.DataFrame:
    """One row a pair, in the order of the table."""
    columns: dict[str, Any] = {name: getattr(table, name) for name in PLAIN}
    lists = {name: getattr(table, name) for name in LISTS}
    lists["vectors"] = rearrange(table.vectors, "pair code dim -> pair (code dim)")
    columns |= {name: list(values) for name, values in lists.items() if values is not None}
    if table.motion is not None:
        columns |= {FLOW + name: _column(getattr(table.motion, name)) for name in MOTION}
    frame = pd.DataFrame(columns)
    frame.attrs = {
        "codebook_size": table.codebook_size,
        "code_seq_len": table.vectors.shape[1],
        "action_names": {name: list(names) for name, names in table.action_names.items()},
        "action_units": {name: list(units) for name, units in table.action_units.items()},
    }
    return frame


def table_of_frame(frame: pd.DataFrame) -> PairTable:
    """The table that `pair_frame` made a frame of.

    Raises:
        ValueError: it is no such frame; the message names what is missing.
    """
    _require(frame)
    columns: dict[str, Any] = {name: _array(frame[name]) for name in LISTS if name in frame}
    columns |= {name: frame[name].to_numpy(_plain_type(name)) for name in PLAIN}
    vectors = rearrange(
        _array(frame["vectors"]),
        "pair (code dim) -> pair code dim",
        code=frame.attrs["code_seq_len"],
    )
    return PairTable(
        codes=columns.pop("codes", None),
        codebook_size=frame.attrs["codebook_size"],
        vectors=vectors,
        motion=_motion(frame),
        action_names=_tuples(frame.attrs["action_names"]),
        action_units=_tuples(frame.attrs["action_units"]),
        **columns,
    )


def _tuples(known: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(texts) for name, texts in known.items()}


def write_pair_table(table: PairTable, path: Path) -> None:
    """Write the table as Parquet."""
    with told_when_full(path):
        pair_frame(table).to_parquet(path, index=False)


def read_pair_table(path: Path) -> PairTable:
    """Read a table from Parquet.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it holds another table.
    """
    return table_of_frame(pd.read_parquet(path))


def _require(frame: pd.DataFrame) -> None:
    wanted = {*PLAIN, "vectors", "pre_quantized"}
    absent = sorted(wanted - set(frame.columns)) + sorted(
        {"codebook_size", "code_seq_len", "action_names", "action_units"} - set(frame.attrs)
    )
    if absent:
        raise ValueError(
            f"this is no table of pairs: found columns {list(frame.columns)} and attributes {list(frame.attrs)}, "
            f"expected {absent} too; read what `evaluate_laq` or `lapa analyse` wrote (laq_pairs, pairs.parquet)"
        )


def _column(values: NDArray[Any]) -> Any:
    return values if values.ndim == 1 else list(values)


def _array(column: pd.Series[Any]) -> NDArray[Any]:
    return np.stack(column.to_list())


def _plain_type(name: str) -> Any:
    return np.int64 if name in ("episode", "frame") else np.str_


def _motion(frame: pd.DataFrame) -> PairMotion | None:
    if FLOW + MOTION[0] not in frame:
        return None
    columns = {name: frame[FLOW + name] for name in MOTION}
    return PairMotion(
        **{n: _array(c) if c.dtype == object else c.to_numpy() for n, c in columns.items()}
    )
