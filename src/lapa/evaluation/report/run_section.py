"""Which run a page belongs to, on which data, and what its words mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from lapa.evaluation.blocks import Code, Note, Rows, Table, folded, listed
from lapa.evaluation.report.page import PageSection, plain_section
from lapa.evaluation.report.run_facts import RunFacts
from lapa.params.arms import KNOWN
from lapa.records import Checkpoint, DatasetFacts, PairSpec, ShardSet

TERMS = {
    "H, horizon": "Time between the two frames t and t+H of a pair.",
    "latent action, code": "The few numbers the quantiser (LAQ) gives to what changed between t and t+H; the decoder redraws t+H from frame t and the codes.",
    "gain over copy": "PSNR of the redrawn t+H minus PSNR of showing frame t unchanged, dB. Above 0: the codes carry something.",
    "cost of shuffling": "How much worse the redrawing gets with another pair's codes, dB. Near 0: the decoder ignores the codes.",
    "perplexity": "How many codes are in use, counting rare ones less; at most the size of the codebook.",
    "vectors before quantisation": "What the encoder says before it is rounded to codes: an upper bound for the codes.",
    "probe, R²": "A small regression from codes to the true motion, tested on episodes it never saw. 1: perfect; 0: no better than the mean; below 0: worse.",
    "η²": "Share of the motion's variance that lies between codes (corrected for chance).",
    "compass": "Mean true motion of each code as an arrow.",
    "top-1": "Share of held-out codes that the backbone names right from frame t and the instruction alone.",
    "normalised error": "Error divided by half the labelled range of its dimension; a dimension that is held counts with more, and one that stood still is left out of the mean.",
    "interval": "95 %, over episodes (or scenes), because frames of one episode are not independent. With fewer than 6 there is none, and no verdict.",
}
HELD_OUT = {
    "episode": "whole episodes",
    "time": "the end of each recording: says little about other recordings",
}
"""What of a dataset the models never saw, by `DatasetFacts.split_by`."""
MAX_NAMED = 8
"""Action dimensions that are named in the table of data."""


def run_section(
    facts: RunFacts, shards: ShardSet, spec: PairSpec | None, *, robot: ShardSet | None = None
) -> PageSection:
    """The run, its command and its data.

    Args:
        facts: of the run.
        shards: the clips that were watched.
        spec: what a pair is.
        robot: the clips that policies were finetuned on.
    """
    about = [
        ("run", facts.run),
        ("environment", facts.environment),
        ("command", facts.command),
        ("commit", facts.commit),
        ("date", facts.date),
        ("seed", "unknown" if facts.seed is None else str(facts.seed)),
    ]
    if spec is not None:
        about.append(("horizon H", f"{spec.horizon_s} s"))
    about += [("data", _splits(shards)), ("data digest", shards.digest[:12])]
    if robot is not None:
        policies = f"{Path(robot.path).name}: {_splits(robot)}"
        about += [("data of the policies", policies), ("its digest", robot.digest[:12])]
    head = ("dataset", "episodes", "rate, Hz", "held out", "actions")
    data = tuple(_row(name, of_one) for name, of_one in shards.datasets.items())
    if robot is not None:
        data += tuple(
            _row(name, of_one)
            for name, of_one in robot.datasets.items()
            if of_one not in shards.datasets.values()
        )
    return plain_section(
        "The run",
        Rows(table=Table(head=(), rows=tuple(about))),
        Rows(table=Table(head=head, rows=data)),
    )


def _splits(shards: ShardSet) -> str:
    return ", ".join(
        f"{name} {split.episodes} episodes ({split.frames} frames)"
        for name, split in shards.splits.items()
    )


def _row(name: str, facts: DatasetFacts) -> tuple[str, ...]:
    held_out = HELD_OUT[facts.split_by]
    return name, str(facts.episodes), f"{facts.fps:g}", held_out, _actions(facts)


def arms_section(arms: Iterable[str]) -> PageSection:
    """What is compared."""
    sentences = {arm.name: arm.sentence for arm in KNOWN}
    explained = tuple((arm, sentences.get(arm, "")) for arm in arms)
    return plain_section(
        "The arms",
        Note(text="All arms get the same labelled episodes and are measured alike."),
        Rows(table=Table(head=("arm", "what it is"), rows=explained)),
    )


def terms_section() -> PageSection:
    """The words of the page."""
    return plain_section(
        "Terms", Rows(table=Table(head=("term", "meaning"), rows=tuple(TERMS.items())))
    )


def provenance_section(checkpoints: Mapping[str, Checkpoint], settings: str) -> PageSection:
    """Which weights were measured, what they came from, and the notes they carry."""
    models = tuple(
        (
            name,
            str(checkpoint.step),
            selection(checkpoint),
            checkpoint.digest[:12],
            ", ".join(f"{k} {digest[:12]}" for k, digest in checkpoint.inputs.items()),
            checkpoint.code_version,
        )
        for name, checkpoint in checkpoints.items()
    )
    head = ("model", "steps", "weights of", "digest", "made from", "lapa")
    return plain_section(
        "Where the numbers come from",
        Rows(table=Table(head=head, rows=models)),
        *folded("Evaluation settings", [Code(text=settings)]),
    )


def notes_section(checkpoints: Mapping[str, Checkpoint]) -> PageSection:
    """What the trainings had to say, e.g. what was left out of one arm."""
    notes = [
        f"{name}: {note}" for name, checkpoint in checkpoints.items() for note in checkpoint.notes
    ]
    return plain_section("Notes", *listed(notes))


def selection(checkpoint: Checkpoint) -> str:
    """Which weights these are: of the last step, the best by a metric, or not trained here."""
    if checkpoint.is_imported:
        return "another project, imported"
    if checkpoint.step == 0:
        return "no training"
    if checkpoint.selected == "last":
        return "last step"
    return f"best step by {checkpoint.selected_by}"


def _actions(facts: DatasetFacts) -> str:
    if not facts.action_names:
        return "none"
    units = facts.action_units or ("unit unknown",) * len(facts.action_names)
    named = [
        f"{name} [{unit or 'unit unknown'}]"
        for name, unit in zip(facts.action_names, units, strict=True)
    ]
    shown = ", ".join(named[:MAX_NAMED])
    rest = len(named) - MAX_NAMED
    return f"{len(named)}: {shown}" + (f" and {rest} more" if rest > 0 else "")
