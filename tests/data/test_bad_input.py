"""The protocol of bad input: raise at once, or count and lose nothing else."""

from __future__ import annotations

import pickle

import pytest

from lapa.data.bad_input import (
    BadInputError,
    BadInputs,
    BadRecord,
    bad,
    naming,
    raise_bad,
    read_each,
    reporter_of,
)


def read(item: int) -> int:
    if item % 3 == 0:
        raise bad("odd_one", f"found {item}, expected no multiple of 3", source="s", item=str(item))
    return item * 10


def test_skip_loses_only_the_bad_items_and_counts_them() -> None:
    report = BadInputs()
    assert list(read_each(range(7), read, report)) == [10, 20, 40, 50]
    assert [record.item for record in report.records] == ["0", "3", "6"]
    assert report.counts() == {"odd_one": 3}


def test_raise_stops_at_the_first_with_source_item_reason_and_detail() -> None:
    items = read_each([1, 3, 5], read, raise_bad)
    assert next(items) == 10
    with pytest.raises(BadInputError, match="s: 3: odd_one: found 3, expected no multiple of 3"):
        next(items)


def test_other_exceptions_are_not_swallowed() -> None:
    def broken(_: int) -> int:
        raise KeyError("a bug, not bad input")

    with pytest.raises(KeyError):
        list(read_each([1], broken, BadInputs()))


def test_naming_fills_only_empty_names() -> None:
    with pytest.raises(BadInputError) as caught, naming("outer", "file"):
        raise bad("why", "what", item="frame 3")
    assert caught.value.record == BadRecord("outer", "frame 3", "why", "what")


def test_policies() -> None:
    assert reporter_of("raise") is raise_bad
    assert isinstance(reporter_of("skip"), BadInputs)
    with pytest.raises(ValueError, match="'ignore'"):
        reporter_of("ignore")  # type: ignore[arg-type]


def test_the_error_crosses_process_borders() -> None:
    error = bad("why", "what", source="s", item="i")
    assert pickle.loads(pickle.dumps(error)).record == error.record  # noqa: S301
