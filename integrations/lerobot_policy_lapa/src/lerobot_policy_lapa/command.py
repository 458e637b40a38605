"""`lapa-lerobot`: policies from lapa to LeRobot and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

import lerobot_policy_lapa  # noqa: F401 - registers the policy
from lapa.data.export.lerobot.layout import CAMERA
from lerobot_policy_lapa.exchange import to_lapa, to_lerobot

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def main() -> None:
    """Turn policies of lapa into policies of LeRobot, and back."""


@main.command("to-lerobot")
@click.argument("policy", type=FOLDER)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--camera", default=CAMERA, show_default=True, help="Feature with its picture.")
def to_lerobot_command(policy: Path, out: Path, camera: str) -> None:
    """Write a lapa POLICY as a folder for --policy.path."""
    click.echo(_written(lambda: to_lerobot(policy, out, camera=camera)))


@main.command("to-lapa")
@click.argument("policy", type=FOLDER)
@click.argument("out", type=click.Path(path_type=Path))
def to_lapa_command(policy: Path, out: Path) -> None:
    """Write a POLICY that lerobot-train saved as a folder of lapa."""
    click.echo(_written(lambda: to_lapa(policy, out)))


def _written(convert: Callable[[], Path]) -> str:
    try:
        return str(convert())
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
