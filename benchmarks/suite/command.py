"""Run benchmarks, each in a process of its own; write JSON, print tables, make a page of a result."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from suite.page import page
from suite.printed import lines_of
from suite.table import BENCHMARKS, scripts

MARK = "RESULT "


def main(words: Sequence[str]) -> int:
    """Do what the command line asks for; return how many benchmarks failed."""
    if words[:1] == ["page"]:
        return _page(words[1:])
    args = _arguments(words)
    if args.list:
        _list()
        return 0
    if args.one:
        print(MARK + json.dumps(_measured(args.one, args)))
        return 0
    names = [
        n for n, b in BENCHMARKS.items() if n in args.names or ("all" in args.names and b.in_all)
    ]
    results: dict[str, Any] = {"machine": _machine(), "toy": args.toy, "benchmarks": {}}
    previous = json.loads(args.previous.read_text()) if args.previous else None
    for name in names:
        results["benchmarks"][name] = _measured(name, args) if args.toy else _apart(name, args)
        if args.json:  # renewed each time: what is measured stays measured
            args.json.write_text(json.dumps(results, indent=1) + "\n")
        print("\n".join(lines_of(name, results, previous)), flush=True)
    return sum("error" in found for found in results["benchmarks"].values())


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure beside a limit, in turns. `page RESULT.json` makes a page of a result.",
    )
    parser.add_argument("names", nargs="*", help=f"all, or some of {', '.join(BENCHMARKS)}")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--json", type=Path, help="where the result goes")
    parser.add_argument("--previous", type=Path, help="a result to compare with")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--toy", action="store_true", help="tiny sizes: shows that it runs")
    parser.add_argument("--one", choices=BENCHMARKS, help=argparse.SUPPRESS)
    args = parser.parse_args(words)
    if unknown := sorted(set(args.names) - {"all", *BENCHMARKS}):
        parser.error(f"no benchmark {unknown}, expected all or some of {', '.join(BENCHMARKS)}")
    if not (args.names or args.list or args.one):
        parser.error("name a benchmark, or all, or ask for --list")
    return args


def _list() -> None:
    for name, benchmark in BENCHMARKS.items():
        print(f"{name:<12}{benchmark.question}{'' if benchmark.in_all else ' (not in all)'}")
    print("\ncommands of their own, python benchmarks/NAME.py --help:")
    for name, line in scripts().items():
        print(f"{name:<24}{line}")


def _measured(name: str, args: argparse.Namespace) -> dict[str, Any]:
    torch.set_num_threads(args.threads)
    begin = time.perf_counter()
    rows = BENCHMARKS[name].load()(args.toy, args.rounds)
    return {
        "rows": [row.plain() for row in rows],
        "wall_seconds": time.perf_counter() - begin,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _apart(name: str, args: argparse.Namespace) -> dict[str, Any]:
    """In a process of its own: its memory is its own, and a failure costs only itself."""
    flags = ["--rounds", str(args.rounds), "--threads", str(args.threads)]
    command = [sys.executable, "-m", "benchmarks", "--one", name, *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [line.removeprefix(MARK) for line in done.stdout.splitlines() if line.startswith(MARK)]
    return json.loads(found[-1]) if found else {"error": done.stderr.strip()[-2000:]}


def _machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _page(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks page")
    parser.add_argument(
        "result", type=Path, nargs="+", help="later files replace benchmarks of earlier ones"
    )
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    args = parser.parse_args(words)
    results: dict[str, Any] = {"benchmarks": {}}
    for path in args.result:
        read = json.loads(path.read_text())
        results = {**results, **read, "benchmarks": {**results["benchmarks"], **read["benchmarks"]}}
    args.out.write_text(page(results, figures=args.out.parent / "figures"))
    print(args.out)
    return 0
