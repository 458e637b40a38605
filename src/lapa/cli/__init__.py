"""`lapa`: what is not a pipeline."""

from __future__ import annotations

import importlib

import click

from lapa.cli.project import use_packaged_logging

COMMANDS = {
    "study": "lapa.cli.study:study",
    "run": "lapa.cli.run:run",
    "ingest": "lapa.cli.ingest:ingest",
    "inspect": "lapa.cli.inspect:inspect",
    "analyse": "lapa.cli.analyse:analyse",
    "predict": "lapa.cli.predict:predict",
    "import-laq": "lapa.cli.import_laq:import_laq",
    "export": "lapa.cli.export:export",
    "export-laq": "lapa.cli.export_laq:export_laq",
    "export-shards": "lapa.cli.export_shards:export_shards",
    "export-labels": "lapa.cli.export_labels:export_labels",
    "register": "lapa.cli.register:register",
    "doctor": "lapa.cli.doctor:doctor",
    "plan": "lapa.cli.plan:plan",
    "jobs": "lapa.cli.jobs:jobs",
    "new-env": "lapa.cli.new_env:new_env",
    "ladder": "lapa.cli.ladder:ladder",
    "serve": "lapa.cli.serve:serve",
    "play": "lapa.cli.play:play",
    "compare": "lapa.cli.compare:compare",
    "sweep": "lapa.cli.sweep:sweep",
}
"""Command -> the click command that does it; imported when asked for, since torch is slow to load."""


# Kedro reads `<package>.cli.cli` as further `kedro` commands; ours belong to `lapa`.
cli = click.Group("lapa")


class LazyGroup(click.Group):
    """A click group that imports a command only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        use_packaged_logging()
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lapa")
def main() -> None:
    """Run the pipelines, and tools around them: make and inspect shards, exchange models, plan."""
