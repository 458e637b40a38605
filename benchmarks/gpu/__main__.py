"""Measure everything, a process for each part, and write one JSON and one page.

    PYTHONPATH=src:benchmarks python3 -m gpu [--toy] [--out FOLDER] [--only PART ...]

A part that fails or runs out of time is reported with its last words; the others go on. Files are renewed after
every part, so what was measured before a machine is taken away stays.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch

from gpu.page import page
from gpu.sizes import FULL, TOY

PARTS = {
    "limits": 30,
    "agreement": 75,
    "quantizer": 130,
    "loading": 75,
    "policies": 30,
    "backbones": 140,
}
"""Part -> seconds that it may take on a GPU; together 8 minutes."""
MARK = "RESULT "


def main() -> int:
    """Run what the command line asks for; return how many parts failed."""
    args = _arguments()
    if args.one:
        print(MARK + json.dumps(_measure(args.one, toy=args.toy)))
        return 0
    results: dict[str, Any] = {"toy": args.toy, "parts": {}}
    for part in args.only or PARTS:
        print(f"{part} ...", flush=True)
        results["parts"][part] = _in_own_process(part, toy=args.toy)
        _write(results, args.out)
        print(f"{part}: {results['parts'][part]['wall_seconds']:.0f} s", flush=True)
    failed = [name for name, part in results["parts"].items() if "error" in part]
    print(f"{args.out / 'gpu.md'}; failed: {', '.join(failed) or 'none'}")
    return len(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--toy", action="store_true", help="tiny sizes, on a CPU too")
    parser.add_argument("--out", type=Path, default=Path("gpu-results"))
    parser.add_argument("--only", nargs="+", choices=PARTS)
    parser.add_argument("--one", choices=PARTS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(part: str, *, toy: bool) -> dict[str, Any]:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu" and not toy:
        raise SystemExit("no GPU is visible to PyTorch, expected one; --toy runs on a CPU")
    module = importlib.import_module(f"gpu.{part}")
    measured: dict[str, Any] = module.measure(device, TOY if toy else FULL)
    return measured


def _in_own_process(part: str, *, toy: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "gpu", "--one", part, *(["--toy"] if toy else [])]
    begin = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=None if toy else PARTS[part],
            check=False,
        )
        said, errors = done.stdout, done.stderr
    except subprocess.TimeoutExpired as expired:
        said, errors = "", f"not done after {expired.timeout:.0f} s"
    found = [line.removeprefix(MARK) for line in said.splitlines() if line.startswith(MARK)]
    result = json.loads(found[-1]) if found else {"error": errors.strip()[-2000:]}
    return {**result, "wall_seconds": time.perf_counter() - begin}


def _write(results: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gpu.json").write_text(json.dumps(results, indent=2) + "\n")
    (folder / "gpu.md").write_text(page(results))


if __name__ == "__main__":
    sys.exit(main())
