"""Every command explains itself, and every option of it."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from lapa.cli import COMMANDS, main


def test_the_list_shows_every_command_with_a_whole_sentence() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for name in COMMANDS:
        (line,) = [line for line in result.output.splitlines() if line.startswith(f"  {name} ")]
        assert not line.endswith("...")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    options = [item for item in command.params if isinstance(item, click.Option)]
    assert [item.name for item in options if not item.help] == []
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_a_misspelt_command_is_refused() -> None:
    result = CliRunner().invoke(main, ["inspcet"])
    assert result.exit_code == 2
    assert "No such command 'inspcet'" in result.output
