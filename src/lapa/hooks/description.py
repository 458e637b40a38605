"""What a run is: its command, commit and environment as tags, and a page that says it in words."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.pipeline import Pipeline
from mlflow.utils.mlflow_tags import MLFLOW_GIT_COMMIT, MLFLOW_RUN_NOTE


class DescriptionHook:
    """Tags the run with what was asked for, and writes its description at the start and the end."""

    def __init__(self) -> None:
        self._facts: dict[str, str] = {}

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline) -> None:
        """Say what is being run."""
        if mlflow.active_run() is None:
            return
        project = Path(run_params["project_path"])
        commit, _ = git_state(project)
        self._facts = {
            "kedro_command": command(sys.argv),
            "env": run_params["env"] or "base",
            "nodes": ", ".join(node.name for node in pipeline.nodes),
        }
        if commit:
            self._facts["commit"] = code_version(project)
        # MLflow takes the commit from the folder of the script, which is that of the environment
        mlflow.set_tags(self._facts | ({MLFLOW_GIT_COMMIT: commit} if commit else {}))
        _describe(self._facts, "running")

    @hook_impl(tryfirst=True)
    def after_pipeline_run(self) -> None:
        """Add the headline, while the MLflow run is still open."""
        _describe(self._facts, "finished")

    @hook_impl(tryfirst=True)
    def on_pipeline_error(self, error: Exception) -> None:
        """Say what stopped it."""
        _describe(self._facts, f"failed: {type(error).__name__}: {error}")


def command(argv: list[str]) -> str:
    """The command line as it was typed, without the folder of the program."""
    return shlex.join([Path(argv[0]).name, *argv[1:]])


def code_version(project: Path) -> str:
    """Commit of the code, and whether it was changed since; empty outside a repository.

    Args:
        project: folder of the project.
    """
    commit, changed = git_state(project)
    return f"{commit} (uncommitted changes)" if changed else commit


def git_state(folder: Path) -> tuple[str, bool]:
    """Commit of the working tree around ``folder``, and whether tracked files differ from it.

    Empty outside a repository or without git.
    """
    commit = _git(folder, "rev-parse", "HEAD").strip()
    return commit, bool(commit and _git(folder, "status", "--porcelain", "--untracked-files=no"))


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def _describe(facts: dict[str, str], state: str) -> None:
    run = mlflow.active_run()
    if run is None:
        return
    metrics = mlflow.MlflowClient().get_run(run.info.run_id).data.metrics
    mlflow.set_tag(MLFLOW_RUN_NOTE, describe(run.info.run_name, facts, metrics, state))


def _importance(metric: str) -> tuple[bool, str]:
    return "/success" not in metric, metric


def describe(name: str, facts: dict[str, str], metrics: dict[str, float], state: str) -> str:
    """Markdown: how it ended, the headline of all commands so far, and what the last one ran."""
    lines = [f"**{name}**: {state}", ""]
    first = sorted((key for key in metrics if key.startswith("headline/")), key=_importance)
    if first:  # at the top, for the page folds all but the first lines
        lines += ["| headline | |", "|---|---|"]
        lines += [f"| {key.removeprefix('headline/')} | {metrics[key]:.4g} |" for key in first]
    lines += ["", "```", facts.get("kedro_command", ""), "```", ""]
    lines += [f"- {key}: {facts[key]}" for key in ("env", "commit", "nodes") if key in facts]
    return "\n".join(lines) + "\n"
