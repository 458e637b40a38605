"""`python -m lapa` is `lapa`; options alone are those of `lapa run`: `python -m lapa --pipelines=laq`."""

from __future__ import annotations

import sys

from lapa.cli import main

_OF_LAPA = {"-h", "--help", "--version"}


def command_line(arguments: list[str]) -> list[str]:
    """What `lapa` is asked: a command, or `run` where only options (or nothing) are given."""
    runs = not arguments or (arguments[0].startswith("-") and arguments[0] not in _OF_LAPA)
    return ["run", *arguments] if runs else arguments


if __name__ == "__main__":
    main(command_line(sys.argv[1:]), prog_name="lapa")
