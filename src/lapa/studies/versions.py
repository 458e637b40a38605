"""Which version of the code makes results."""

from __future__ import annotations

from pathlib import Path

from lapa.hooks.description import git_state


def code_version(project: Path) -> str:
    """Commit of the code, and whether it was changed since; empty outside a repository.

    Args:
        project: folder of the project.
    """
    commit, changed = git_state(project)
    return f"{commit} (uncommitted changes)" if changed else commit
