"""A result as lines: figure, spread, limit, and what a previous result said of the same case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def lines_of(
    name: str, results: Mapping[str, Any], previous: Mapping[str, Any] | None
) -> Iterator[str]:
    """Lines of one benchmark."""
    found = results["benchmarks"][name]
    yield f"\n{name}"
    if "error" in found:
        yield found["error"]
        return
    before = cases_of(previous, name)
    for row in found["rows"]:
        yield f"  {row['case']:<52} {shown(row)}{held(row)}{then(row, before.get(row['case']))}"


def cases_of(results: Mapping[str, Any] | None, name: str) -> dict[str, Mapping[str, Any]]:
    """Rows of a benchmark by their case; none where it was not measured."""
    found = (results or {}).get("benchmarks", {}).get(name, {})
    return {row["case"]: row for row in found.get("rows", ())}


def shown(row: Mapping[str, Any]) -> str:
    """Median, quartiles and unit."""
    return f"{spread_of(row['value'])} {row['unit']}"


def spread_of(value: Mapping[str, float]) -> str:
    """Median, with quartiles where there were rounds."""
    middle, low, high = (number(value[name]) for name in ("median", "low", "high"))
    return middle if value["rounds"] == 1 else f"{middle} [{low}, {high}]"


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def held(row: Mapping[str, Any]) -> str:
    """The share of the limit."""
    return f", {spread_of(row['ratio'])} of {row['limit']}" if row["ratio"] else ""


def then(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """What it is of the previous figure; quartiles that do not meet are called a difference."""
    if before is None or before["unit"] != row["unit"] or not before["value"]["median"]:
        return ""
    now, old = row["value"], before["value"]
    apart = now["low"] > old["high"] or now["high"] < old["low"]
    word = "differs" if apart and min(now["rounds"], old["rounds"]) > 1 else "within the spread"
    return f"; {now['median'] / old['median']:.2f} x the previous ({word})"
