"""The protocol of bad input: raise at once, or count and lose nothing else."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from lapa.data.bad_input import (
    BadInputError,
    BadInputs,
    BadRecord,
    SettingsError,
    bad,
    naming,
    raise_bad,
    read_each,
    read_through,
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


@pytest.mark.parametrize(
    "error", [KeyError("gone"), RecursionError("deep"), MemoryError(), OSError(13, "denied")]
)
def test_what_nobody_foresaw_costs_one_item_and_says_what_it_was(error: Exception) -> None:
    def broken(item: str) -> str:
        if item == "b":
            raise error
        return item

    report = BadInputs()
    assert list(read_each(["a", "b", "c"], broken, report)) == ["a", "c"]
    (record,) = report.records
    assert record.item == "b"
    assert record.reason == ("unreadable_file" if isinstance(error, OSError) else "adapter_error")
    assert type(error).__name__ in record.detail


def test_under_raise_the_cause_is_kept() -> None:
    def broken(_: int) -> int:
        raise KeyError("a bug")

    with pytest.raises(BadInputError, match="adapter_error: KeyError: 'a bug'") as caught:
        list(read_each([1], broken, raise_bad))
    causes = list(chain_of(caught.value))
    assert any(isinstance(cause, KeyError) for cause in causes)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    following = error.__cause__ or error.__context__
    if following is not None:
        yield following
        yield from chain_of(following)


def test_wrong_settings_stop_the_run_under_either_policy() -> None:
    def asked_wrongly(_: int) -> int:
        raise SettingsError("no camera 'top'")

    with pytest.raises(SettingsError):
        list(read_each([1], asked_wrongly, BadInputs()))


def test_a_listing_that_breaks_ends_with_a_record() -> None:
    def listing() -> Iterator[int]:
        yield 1
        raise PermissionError(13, "denied", "folder")

    report = BadInputs()
    assert list(read_through(listing(), report, source="s", item="folder")) == [1]
    (record,) = report.records
    assert (record.source, record.item, record.reason) == ("s", "folder", "unreadable_file")


def test_an_interrupt_is_no_bad_input() -> None:
    def interrupted(_: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(read_each([1], interrupted, BadInputs()))


def test_records_are_printable() -> None:
    record = BadRecord("s", "caf\udce9.mp4", "why", "half \ud83d")
    assert (record.item, record.detail) == ("caf\\xe9.mp4", "half \\ud83d")
    (record.item + record.detail).encode()


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
