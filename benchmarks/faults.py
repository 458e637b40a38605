"""Every fault that is made on purpose at test size, and what came of it: the table of docs/reliability.md.

    python benchmarks/faults.py

Runs the tests that tell a fault (`tests/toys/faults.py`); a row is there when its test has checked it.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[1]
TELLING = "faults.tell("
HEAD = "| fault | what happened | exit code | what was intact | seconds |\n|---|---|---|---|---|"


class OnlyFaults:
    """Of the tests in these files those that tell a fault."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the others out."""
        items[:] = [item for item in items if "faults" in getattr(item, "fixturenames", ())]


def telling() -> list[str]:
    """Files of tests that tell a fault."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(file) for file in files if TELLING in file.read_text()]


def rows(result: Path) -> Iterator[str]:
    """Rows of the table; a test that failed has one that says so."""
    for case in ElementTree.parse(result).iter("testcase"):  # noqa: S314 - pytest has just written it
        told = [json.loads(p.attrib["value"]) for p in case.iter("property")]
        # of a test that tells several faults
        seconds = f"{float(case.attrib['time']) / max(len(told), 1):.1f}"
        if case.find("failure") is not None or case.find("error") is not None:
            yield f"| {case.attrib['name']} | **does not hold** | | | {seconds} |"
            continue
        for row in told:
            cells = row["fault"], row["happened"], row["code"], row["intact"], seconds
            yield f"| {' | '.join(cells)} |"


def main() -> None:
    """Run the tests and print the table."""
    with TemporaryDirectory() as folder:
        result = Path(folder, "result.xml")
        options = [f"--rootdir={ROOT}", f"--junitxml={result}", f"--basetemp={folder}/made"]
        with redirect_stdout(io.StringIO()):
            code = pytest.main([*options, *telling()], plugins=[OnlyFaults()])
        print(HEAD)
        print("\n".join(rows(result)))
        print("\n\\* caught in the test; `kedro run` makes one sentence and this code of it")
    sys.exit(code)


if __name__ == "__main__":
    main()
