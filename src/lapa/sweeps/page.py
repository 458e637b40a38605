"""The page of a sweep: the answer, a table of all trials, and what the search looked like."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial

from lapa.evaluation.blocks import Block, Code, Note, Plot, Rows, Table
from lapa.evaluation.report.page import PageSection, Part, plain_section, write_page
from lapa.evaluation.study.formatting import NO_BREAK
from lapa.evaluation.study.versions import shortened
from lapa.sweeps.file import Sweep
from lapa.sweeps.intermediate import shown
from lapa.sweeps.listing import in_words
from lapa.sweeps.plots.history import plot_history
from lapa.sweeps.plots.importances import importances, plot_importances
from lapa.sweeps.plots.parallel import plot_parallel
from lapa.sweeps.shown_trials import completed, pruned
from lapa.sweeps.storage import COMMIT, REASON, RUN, SECONDS, begun
from lapa.sweeps.words import params_line, state_of, value_of_trial, value_text

OPTIMISM = (
    "The best of many trials looks better than it is: it was chosen by this very number. Before anything is said "
    "of it, measure it on scenes, labels and seeds that took no part in the search (docs/scenes.md)."
)


def write_sweep_page(sweep: Sweep, study: optuna.Study, page: Path, *, total: int) -> None:
    """Write the page, self-contained, and beside it the plots that it shows.

    Args:
        sweep: what was searched.
        study: its trials; at least one is complete.
        page: HTML file to write.
        total: trials of the whole sweep.
    """
    trials, metric = begun(study), sweep.params.metric
    best = study.best_trial
    done, stopped = len(completed(trials)), len(pruned(trials))
    write_page(
        page,
        title=f"Sweep {sweep.name}",
        subtitle=f"{len(trials)} of {total} trials: {done} complete, {stopped} pruned; {metric.direction} {metric.name}",
        in_short=_in_short(sweep, best, done),
        sections=[
            _question(sweep),
            _best(sweep, best),
            _search(sweep, study, trials, page.parent),
            _all_trials(sweep, trials),
        ],
    )


def _in_short(sweep: Sweep, best: FrozenTrial, done: int) -> list[str]:
    point = ", ".join(f"{name} {value_text(best.params[name])}" for name in sweep.params.space)
    value = f"{sweep.params.metric.name} = {value_of_trial(best)}"
    return [f"The best of {done} complete trials has {value}, with {point}.", OPTIMISM]


def _question(sweep: Sweep) -> PageSection:
    params = sweep.params
    rows = [(name, in_words(dimension)) for name, dimension in params.space.items()]
    budget = "all" if params.budget is None else str(params.budget)
    facts = (
        ("a trial", f"arm {params.arm}, up to {params.pipeline}; env {params.env or 'base'}"),
        ("labelled episodes", budget),
        ("seeds", f"pretraining {params.pretraining_seed}, labels {params.subset}"),
        ("sampler", f"{params.sampler}, seed {params.seed}"),
        (
            "pruner",
            "none" if params.pruner is None else f"{params.pruner.kind} of {params.pruner.metric}",
        ),
    )
    return plain_section(
        "The question",
        Note(text=params.question),
        Rows(table=Table(head=("parameter", "searched"), rows=tuple(rows))),
        Rows(table=Table(head=(), rows=facts)),
    )


def _best(sweep: Sweep, best: FrozenTrial) -> PageSection:
    env = f" --env={sweep.params.env}" if sweep.params.env else ""
    return plain_section(
        "The best parameters",
        Note(text=f"Trial {best.number}: {sweep.params.metric.name} = {value_of_trial(best)}."),
        Code(text=f"kedro run{env} {params_line(best.params)}"),
        Note(text=OPTIMISM),
    )


def _search(
    sweep: Sweep, study: optuna.Study, trials: Sequence[FrozenTrial], out: Path
) -> PageSection:
    plot_history(trials, sweep.params.metric, out / "history.png")
    plot_parallel(trials, sweep.params, out / "parallel.png")
    blocks: list[Block] = [
        Plot(file="history.png", caption="Every trial, and the best so far."),
        Plot(
            file="parallel.png",
            caption="Every trial as a line through its parameters to its value.",
        ),
    ]
    if shares := importances(study, seed=sweep.params.seed):
        plot_importances(shares, out / "importances.png")
        caption = (
            "How much of the differences each parameter explains; few trials say little about that."
        )
        blocks.append(Plot(file="importances.png", caption=caption))
    return PageSection(title="The search", parts=(Part(blocks=blocks, folder=out),))


def _all_trials(sweep: Sweep, trials: Sequence[FrozenTrial]) -> PageSection:
    head = ("trial", "state", "value", *sweep.params.space, "logged last", "run", "commit", "s")
    rows = tuple(_row(sweep, trial) for trial in trials)
    return plain_section("All trials", Rows(table=Table(head=head, rows=rows)))


def _row(sweep: Sweep, trial: FrozenTrial) -> tuple[str, ...]:
    last = trial.intermediate_values.get(-1 if trial.last_step is None else trial.last_step)
    reason = trial.user_attrs.get(REASON, "")
    seconds = trial.user_attrs.get(SECONDS)
    return (
        str(trial.number),
        f"{state_of(trial)}: {reason}" if reason else state_of(trial).replace(" ", NO_BREAK),
        value_of_trial(trial),
        *(value_text(trial.params.get(name)) for name in sweep.params.space),
        "" if last is None else value_text(shown(last, sweep.params)),
        trial.user_attrs.get(RUN, ""),
        shortened(trial.user_attrs.get(COMMIT, "")),
        "" if seconds is None else f"{seconds:.0f}",
    )
