"""`lapa run`: `kedro run`, which says what to do where there is no project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.project import configure_project
from kedro.framework.startup import bootstrap_project

from lapa.cli.project import PACKAGED_CONF, project_around


class _Run(click.Command):
    """Kedro's command, after the project around the current folder has been set up."""

    def invoke(self, ctx: click.Context) -> Any:
        """Set up the project, or the package alone where a configuration is named."""
        project = project_around(Path.cwd())
        if project is not None:
            bootstrap_project(project)
        elif ctx.params.get("conf_source"):
            configure_project("lapa")
        else:
            raise click.ClickException(
                f"no project in {Path.cwd()} or above it (expected a pyproject.toml with [tool.kedro]): "
                "change to your checkout, or use the package's own configuration and write to ./data:\n"
                f"  lapa run --conf-source={PACKAGED_CONF}"
            )
        return super().invoke(ctx)


run = _Run(
    name="run",
    params=kedro_run.params,
    callback=kedro_run.callback,
    help="Run the pipelines; `kedro run` by another name.",
)
