"""Draw the curves of `laq_collapse.py` and print its tables as Markdown.

Run ``python benchmarks/laq_collapse_report.py /tmp/collapse --figure docs/figures/laq_collapse.png
--variants docs/figures/laq_variants.png``.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from laq_collapse_recipes import RECIPES

from lapa.evaluation.plots.style import BLUE, ORANGE, RED, saved_plot

Run = dict[str, Any]
COLORS = {"ours": BLUE, "original": RED, "original_lr": ORANGE}
LABELS = {
    "ours": "default recipe",
    "original": "original recipe",
    "original_lr": "original, our optimiser",
}
VARIANTS = {
    "ours": "nsvq · pixels (default)",
    "vq_ema": "vq_ema · pixels",
    "fsq": "fsq · pixels",
    "residual_vq": "residual_vq · pixels",
    "none": "continuous · pixels",
    "flow": "nsvq · pixels + flow",
    "features": "nsvq · pixels + features",
    "actions": "nsvq · pixels + 5 % actions",
    "all_actions": "nsvq · pixels + all actions",
}
FLOOR = -9.0
"""Bottom of the gain's axis, dB: a decoder that begins with noise starts far below."""


def main() -> None:
    """Read every run, draw the comparison, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--figure", type=Path, help="curves of the default and the original")
    parser.add_argument("--variants", type=Path, help="gains of all quantisers and targets")
    arguments = parser.parse_args()
    groups = read(arguments.folder)
    if arguments.figure:
        draw(groups, arguments.figure)
    if arguments.variants:
        lengths = [steps for data, steps in groups if data == "tabletop"]
        if not lengths:
            parser.error("--variants needs runs of `laq_collapse.py --name tabletop`")
        shortest = min(lengths)
        draw_variants(groups["tabletop", shortest], arguments.variants)
    for (data, steps), runs in groups.items():
        print(f"\n### {data}, {steps} steps\n\n{table(runs)}")


def read(folder: Path) -> dict[tuple[str, int], list[Run]]:
    """Runs by data and length, each group in the order of `RECIPES`."""
    order = list(RECIPES)
    runs = [json.loads(file.read_text()) for file in folder.glob("**/*.json")]
    runs.sort(key=lambda run: (run["data"] != "tabletop", order.index(run["recipe"]), run["seed"]))
    groups: dict[tuple[str, int], list[Run]] = defaultdict(list)
    for run in runs:
        groups[run["data"], run["params"]["trainer"]["max_steps"]].append(run)
    return dict(groups)


def table(runs: Sequence[Run]) -> str:
    """One row per recipe: mean over seeds with the range, or R² with its 95 % interval for one."""
    motions = list(_last(runs[0])["probe_r2"])
    head = ["recipe", "seeds", "in use", "perplexity", "sequences", "gain, dB", "shuffled, dB"]
    head += ["difference, dB", *(f"R² {name}" for name in motions), "CPU s"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for recipe in dict.fromkeys(run["recipe"] for run in runs):
        rows = [run for run in runs if run["recipe"] == recipe]
        lines.append("| " + " | ".join(_cells(rows, motions)) + " |")
    return "\n".join(lines)


def _cells(rows: Sequence[Run], motions: Sequence[str]) -> list[str]:
    codes = rows[0]["params"]["model"]["quantizer"]["kind"] != "none"

    def spread(name: str, digits: int) -> str:
        return _spread([_last(run)[name] for run in rows], digits)

    size = rows[0]["params"]["model"]["codebook_size"]
    used = [round(size * _last(run)["codebook_utilization"]) for run in rows]
    return [
        f"`{rows[0]['recipe']}`",
        str(len(rows)),
        (", ".join(str(count) for count in used) + f" of {size}") if codes else "no codes",
        spread("perplexity", 2) if codes else "–",
        spread("sequence_perplexity", 1) if codes else "–",
        spread("psnr_gain_over_copy", 2),
        spread("psnr_gain_shuffled", 2),
        spread("code_dependence", 2),
        *(_r2([_last(run)["probe_r2"][name] for run in rows]) for name in motions),
        _spread([run["cpu_s"] for run in rows], 0),
    ]


def _last(run: Run) -> dict[str, Any]:
    row: dict[str, Any] = run["curve"][-1]
    return row


def _spread(values: Sequence[float], digits: int) -> str:
    mean = f"{sum(values) / len(values):.{digits}f}"
    if len(values) == 1:
        return mean
    return f"{mean} ({min(values):.{digits}f} … {max(values):.{digits}f})"


def _r2(intervals: Sequence[Sequence[float]]) -> str:
    if len(intervals) > 1:
        return _spread([value for value, _, _ in intervals], 2)
    value, low, high = intervals[0]
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


Getter = Callable[[dict[str, Any]], float]


def draw(groups: dict[tuple[str, int], list[Run]], path: Path) -> None:
    """One row of panels per data set: gain, perplexity, R² of the motion along the image's x."""
    compared = {
        key: [run for run in runs if run["recipe"] in COLORS]
        for key, runs in groups.items()
        if {"ours", "original"} <= {run["recipe"] for run in runs}
    }
    longest = {data: max(s for d, s in compared if d == data) for data, _ in compared}
    shown = [(data, compared[data, steps]) for data, steps in longest.items()]
    with saved_plot(
        path, nrows=len(shown), ncols=3, figsize=(9.6, 2.7 * len(shown)), squeeze=False
    ) as (rows):
        for axes, (data, runs) in zip(rows, shown, strict=True):
            _gain_panel(axes[0], runs, data)
            size = runs[0]["params"]["model"]["codebook_size"]
            _curves(axes[1], runs, lambda row: row["perplexity"])
            axes[1].set(title=f"perplexity of the codes (at most {size})", ylim=(0.8, size + 0.2))
            motion = next(iter(_last(runs[0])["probe_r2"]))
            _curves(axes[2], runs, _r2_of(motion))
            axes[2].set(title=f"R² from codes to {motion}, held-out episodes", ylim=(-0.5, 1.0))
            for panel in axes:
                panel.set_xlabel("optimiser steps")
        _legend(rows[0][0], shown[0][1])


def _r2_of(motion: str) -> Getter:
    return lambda row: float(row["probe_r2"][motion][0])


def _gain_panel(axes: Any, runs: Sequence[Run], data: str) -> None:
    axes.axhline(0, color="black", linewidth=1.0)
    _curves(axes, runs, lambda row: row["psnr_gain_over_copy"])
    _curves(axes, runs, lambda row: row["psnr_gain_shuffled"], style=":")
    top = max(_last(run)["psnr_gain_over_copy"] for run in runs)
    axes.set(title=f"{data}: PSNR gain, dB", ylim=(FLOOR, max(2.0, top + 0.5)))
    axes.annotate(
        "copy of frame t",
        (0.99, 0.1),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="bottom",
        fontsize=7,
    )


def _curves(axes: Any, runs: Sequence[Run], value: Getter, style: str = "-") -> None:
    for run in runs:
        axes.plot(
            [row["step"] for row in run["curve"]],
            [value(row) for row in run["curve"]],
            style,
            color=COLORS[run["recipe"]],
            linewidth=1.2,
            marker="o" if style == "-" else None,
            markersize=2.5,
        )


def _legend(axes: Any, runs: Sequence[Run]) -> None:
    for recipe in dict.fromkeys(run["recipe"] for run in runs):
        axes.plot([], [], color=COLORS[recipe], label=LABELS[recipe])
    axes.plot([], [], ":", color="black", label="codes of another pair")
    axes.legend(fontsize=7, loc="best")


def draw_variants(runs: Sequence[Run], path: Path) -> None:
    """PSNR gain of every quantiser and target, with right and with another pair's codes."""
    names = [name for name in VARIANTS if any(run["recipe"] == name for run in runs)]
    with saved_plot(path, figsize=(7.2, 0.8 + 0.34 * len(names))) as axes:
        for row, name in enumerate(names):
            ends = [_last(run) for run in runs if run["recipe"] == name]
            for value, color in (("psnr_gain_over_copy", BLUE), ("psnr_gain_shuffled", ORANGE)):
                axes.plot([end[value] for end in ends], [row] * len(ends), "o", color=color, ms=5)
        for color, label in ((BLUE, "right codes"), (ORANGE, "another pair's codes")):
            axes.plot([], [], "o", color=color, label=label, ms=5)
        axes.set_yticks(range(len(names)), [VARIANTS[name] for name in names])
        axes.invert_yaxis()
        axes.axvline(0, color="black", linewidth=1.0)
        steps = runs[0]["params"]["trainer"]["max_steps"]
        title = f"gain over copying frame t, dB; held-out episodes, {steps} steps, a dot per seed"
        axes.set_title(title, fontsize=9)
        axes.legend(fontsize=7, loc="upper center", ncols=2, bbox_to_anchor=(0.5, -0.12))


if __name__ == "__main__":
    main()
