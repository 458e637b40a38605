"""The page of a result: a table a benchmark, and the curves of `scaling`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from suite.curves import drawn, growth_of
from suite.printed import number, spread_of
from suite.table import BENCHMARKS

HEAD = """# Benchmarks

<!-- made by `python -m benchmarks page`; do not edit -->

```bash
python -m benchmarks all --json out.json                        # every benchmark, each beside its limit
python -m benchmarks all --json new.json --previous out.json    # and beside a result of before
python -m benchmarks scaling million --json more.json           # long: growth with the number of episodes
python -m benchmarks page out.json more.json                    # this page
python -m benchmarks --list                                     # also the scripts for single questions
```

A benchmark and its limit take turns in one process; figures are medians over rounds with quartiles in brackets, ratios are taken round by
round. Rates are of processor time, which other work on the machine distorts least; memory is a
peak above what the process held before. `--toy` runs everything in seconds and measures nothing."""


def page(results: Mapping[str, Any], *, figures: Path) -> str:
    """Markdown of a result.

    Args:
        results: what `python -m benchmarks --json` writes.
        figures: folder for the figure, beside the page.
    """
    machine = results["machine"]
    parts = [
        HEAD,
        f"Measured on {machine['processor']}, {machine['cores']} cores, PyTorch {machine['torch']}, Python {machine['python']}.",
    ]
    if results["toy"]:
        parts.append("**Toy sizes: this shows that the measurement runs, and nothing else.**")
    for name in (name for name in BENCHMARKS if name in results["benchmarks"]):
        found = results["benchmarks"][name]
        parts += [f"## {name.capitalize()}", BENCHMARKS[name].question]
        if name == "scaling" and "rows" in found:
            drawn(found["rows"], figures / "scaling.png")
            parts += [
                "![Time and memory over episodes](figures/scaling.png)",
                *growth_of(found["rows"]),
            ]
        else:
            parts += _section(found)
        if BENCHMARKS[name].reading:
            parts.append(BENCHMARKS[name].reading)
    return "\n\n".join(parts) + "\n"


def _section(found: Mapping[str, Any]) -> Iterator[str]:
    if "error" in found:
        yield f"```\n{found['error']}\n```"
        return
    rows = found["rows"]
    has_limit = any(row["ratio"] for row in rows)
    lines = ["| case | figure | unit |" + (" of its limit | limit |" if has_limit else "")]
    lines.append("|---|---|---|" + ("---|---|" if has_limit else ""))
    for row in rows:
        line = f"| {row['case']} | {spread_of(row['value'])} | {row['unit']} |"
        lines.append(line + (_limit(row) if has_limit else ""))
    yield "\n".join(lines)
    yield f"{found['wall_seconds']:.0f} s, peak memory {number(found['peak_mib'])} MiB."


def _limit(row: Mapping[str, Any]) -> str:
    return f" {spread_of(row['ratio'])} | {row['limit']} |" if row["ratio"] else "  |  |"
