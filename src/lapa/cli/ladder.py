"""`lapa ladder`: train one stage on 1, 10, 100 and all samples, and draw what became of the error."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any

import click
from kedro.framework.project import configure_project, pipelines
from kedro.io import DataCatalog
from rich.console import Console
from rich.table import Table

from lapa.cli.plan import split_params
from lapa.cli.project import project_around
from lapa.cli.rungs import FULL, STAGES, rung_command, rung_name, rung_params
from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader, require_environment
from lapa.config.experiment import choose_experiment
from lapa.evaluation.ladder import CONTROLS, ERRORS, Ladder, Rung, rung_of
from lapa.evaluation.plots.ladder import plot_ladder
from lapa.folders.whole_file import write_whole
from lapa.params.experiment import Experiment

LADDER = "{stage}.ladder"
"""Dataset of the numbers; the picture lies beside them."""


def _rungs(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    rungs = tuple(part.strip() for part in text.split(","))
    for rung in rungs:
        if rung != FULL and not (rung.isdecimal() and int(rung) > 0):
            raise click.BadParameter(f"{rung!r} is no number of samples above 0, and not {FULL!r}")
    return rungs


@click.command()
@click.option(
    "--stage", type=click.Choice(list(STAGES)), required=True, help="What is trained on every rung."
)
@click.option(
    "--rungs",
    default="1,10,100,full",
    show_default=True,
    callback=_rungs,
    help="Training samples of each rung; `full` is all of them.",
)
@click.option("--env", default=None, help="Kedro environment; default the demo.")
@click.option(
    "--params",
    default="",
    help="As of `kedro run`: run=NAME is the run whose data and models are used.",
)
@click.option(
    "--fresh", is_flag=True, help="Train finished rungs again, e.g. with other parameters."
)
def ladder(
    stage: str, rungs: tuple[str, ...], env: str | None, params: str, *, fresh: bool
) -> None:
    """Train a stage on ever more samples; print and draw its error.

    Every rung is a run of its own (RUN-ladder-STAGE-RUNG) on the data and models of RUN, with the same
    validation samples. Finished rungs are kept: the same command again continues.
    """
    project = project_around(Path.cwd())
    if project is None:
        raise click.ClickException(
            f"no project in {Path.cwd()} or above it: change to your checkout"
        )
    with chdir(project):
        _Climb(stage=stage, env=env, params=params).all(rungs, fresh=fresh)


class _Climb:
    """One ladder, from the configuration to the picture."""

    def __init__(self, *, stage: str, env: str | None, params: str) -> None:
        split_params(params)
        self._stage, self._env = stage, env
        self._given = [part for part in params.split(",") if part]
        require_environment("conf", env)
        base = self._configuration(self._given)
        self._run = str(base["globals"]["run"])
        trainer = base["parameters"][STAGES[stage].section]["trainer"]
        self._measured = int(trainer["val_max_samples"])
        self._file = Path(base["catalog"][LADDER]["filepath"].replace("{stage}", stage))

    def all(self, rungs: Sequence[str], *, fresh: bool) -> None:
        """Climb every rung, then write table, numbers and picture."""
        self._require_upstream(rungs[0])
        for rung in rungs:
            command = rung_command(self._stage, self._params(rung), env=self._env, fresh=fresh)
            click.echo(f"\n{rung}: {shlex.join(command)}", err=True)
            # the command is ours; what the caller gave is one argument of it, and no shell reads it
            if subprocess.run(command, check=False).returncode != 0:  # noqa: S603
                raise click.ClickException(
                    f"rung {rung} failed; finished rungs are kept, the same command continues"
                )
        self._report([self._measure(rung) for rung in rungs])

    def _params(self, rung: str) -> list[str]:
        return rung_params(
            self._stage, rung, run=self._run, given=self._given, measured=self._measured
        )

    def _configuration(self, params: Sequence[str]) -> ConfigLoader:
        return ConfigLoader(
            "conf",
            env=self._env,
            runtime_params=split_params(",".join(params)),
            **CONFIG_LOADER_ARGS,
        )

    def _catalog(self, rung: str) -> DataCatalog:
        return DataCatalog.from_config(self._configuration(self._params(rung))["catalog"])

    def _require_upstream(self, rung: str) -> None:
        """Stop where the run below has not made what the stage reads."""
        parameters: dict[str, Any] = self._configuration(self._given)["parameters"]
        configure_project("lapa")
        choose_experiment(Experiment.of(parameters))
        node, catalog = STAGES[self._stage].node, self._catalog(rung)
        if node not in {known.name for known in pipelines["__default__"].nodes}:
            raise click.ClickException(
                f"this experiment has no node {node}: name a dataset with actions as finetune.dataset"
            )
        read = pipelines["__default__"].only_nodes(node).inputs()
        needed = sorted(name for name in read if not name.startswith("params:"))
        if missing := [name for name in needed if not catalog.exists(name)]:
            env = f" --env={self._env}" if self._env else ""
            params = f" --params={','.join(self._given)}" if self._given else ""
            raise click.ClickException(
                f"run {self._run!r} has no {', '.join(missing)}, which every rung reads; make them once:\n"
                f"  lapa run{env} --to-outputs={','.join(missing)} --only-missing-outputs{params}"
            )

    def _measure(self, rung: str) -> Rung:
        checkpoint = self._catalog(rung).load(STAGES[self._stage].output)
        return rung_of(rung, rung_name(self._run, self._stage, rung), checkpoint)

    def _report(self, rungs: Sequence[Rung]) -> None:
        kind = "policy" if self._stage == "finetune" else self._stage
        climbed = Ladder(
            stage=self._stage,
            environment=self._env or "base",
            error=ERRORS[kind],
            control=CONTROLS[kind],
            rungs=tuple(rungs),
        )
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._file, climbed.model_dump_json(indent=2) + "\n")
        picture = self._file.with_suffix(".png")
        plot_ladder(climbed, picture)
        Console().print(_table(climbed))
        click.echo(f"{picture}, {self._file}")


def _table(ladder: Ladder) -> Table:
    table = Table(title=f"Overfit ladder of {ladder.stage}: {ladder.error}")
    for heading in ("rung", "samples", "training", "held out", ladder.control):
        table.add_column(heading, justify="right")
    for rung in ladder.rungs:
        errors = (rung.train, rung.held_out, rung.control)
        shown = ("none" if error is None else f"{error:.4g}" for error in errors)
        table.add_row(rung.name, f"{rung.samples}", *shown)
    return table
