"""The results as a page: a table a part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def page(results: Mapping[str, Any]) -> str:
    """Markdown of everything that was measured, failures included."""
    parts = [f"# Measured on {_device(results)}"]
    if results["toy"]:
        parts.append("Toy sizes: this shows that the measurement runs, and nothing else.")
    for name, part in results["parts"].items():
        parts += [f"## {name.capitalize()} ({part['wall_seconds']:.0f} s)", *_part(part)]
    return "\n\n".join(parts) + "\n"


def _device(results: Mapping[str, Any]) -> str:
    limits = results["parts"].get("limits", {})
    return f"{limits.get('device', 'an unnamed device')}, PyTorch {limits.get('torch', '?')}"


def _part(part: Mapping[str, Any]) -> Iterable[str]:
    if "error" in part:
        yield f"```\n{part['error']}\n```"
        return
    single = {key: value for key, value in part.items() if key not in ("rows", "wall_seconds")}
    if single:
        yield _table([{"figure": key, "value": value} for key, value in single.items()])
    if rows := part.get("rows"):
        yield _table(rows)


def _table(rows: list[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [columns, ["---"] * len(columns)]
    lines += [[_shown(row.get(column)) for column in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return "<br>".join(map(str, value))
    return "" if value is None else str(value)
