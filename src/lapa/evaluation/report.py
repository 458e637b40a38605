"""The one page at the end of a run: every arm side by side, and what the numbers say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import lapa
from lapa.evaluation import report_tables as tables
from lapa.evaluation import verdict
from lapa.evaluation.embed import data_address
from lapa.evaluation.figures.success_bars import draw_success
from lapa.evaluation.figures.training_curves import draw_curves, read_curves
from lapa.evaluation.intervals import paired_difference
from lapa.evaluation.outcomes import paired_successes, read_outcomes
from lapa.evaluation.success_table import success_rates
from lapa.params.evaluation import EvaluationParams
from lapa.records import Checkpoint, Figure, Report

TEMPLATE = "report.html.j2"

CAPTIONS = {
    "reconstructions.png": "What the quantiser draws for pairs it never saw.",
    "probes.png": "Probes: the codes must beat every control.",
    "code_actions.png": "True actions, coloured by code.",
    "compass.png": "Mean true motion of each code.",
    "code_usage.png": "How often each code occurs.",
    "curves.png": "Mean squared error of the reconstruction, pixels in [0, 1].",
}


def write_report(
    *,
    laq: Report,
    arms: dict[str, Report],
    foundation: dict[str, Checkpoint],
    params: EvaluationParams,
    out: Path,
) -> Report:
    """Write ``report.html``, self-contained, and return all figures in one record.

    Args:
        laq: what `evaluate_laq` returned.
        arms: what `evaluate_policy` returned, by arm; the first is compared with the others.
        foundation: the arms' backbones.
        params: what was evaluated; written into the page.
        out: folder to fill.

    Raises:
        ValueError: the arms were rolled out on different scenes.
    """
    out.mkdir(parents=True, exist_ok=True)
    compared = _paired_differences(arms)
    pictures = _draw(arms, foundation, out)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template(TEMPLATE).render(
        verdicts=_verdicts(laq, arms, foundation, compared),
        tables={
            "success": tables.success(arms),
            "differences": tables.differences(compared),
            "errors": tables.action_errors(arms),
            "laq": tables.laq(laq),
            "probes": tables.probes(laq),
            "foundation": tables.foundation(foundation),
            "provenance": tables.provenance(foundation),
        },
        pictures={name: data_address(out / name) for name in pictures},
        laq_pictures=_laq_pictures(laq),
        shown=[_shown(arm, report) for arm, report in arms.items()],
        settings=params.model_dump_json(indent=2),
        version=lapa.__version__,
    )
    (out / "report.html").write_text(page)
    figures = {arm: report.arms.get("policy", ()) for arm, report in arms.items()}
    return Report(
        path=str(out),
        arms=figures | dict(laq.arms) | {"differences": tuple(compared)},
        pictures=tuple(pictures),
    )


def _paired_differences(arms: Mapping[str, Report]) -> list[Figure]:
    """The first arm minus every other one, task by task, scene by scene."""
    main, *others = arms
    outcomes = {arm: read_outcomes(report) for arm, report in arms.items()}
    found = []
    for task, first in outcomes[main].items():
        for other in others:
            if task not in outcomes[other]:
                continue
            one, two = paired_successes(first, outcomes[other][task], names=(main, other))
            found.append(paired_difference(f"{main} - {other}/{task}", one, two))
    return found


def _verdicts(
    laq: Report,
    arms: Mapping[str, Report],
    foundation: Mapping[str, Checkpoint],
    compared: list[Figure],
) -> list[str]:
    rates = {arm: {r.name: r for r in success_rates(report)} for arm, report in arms.items()}
    sentences = []
    for difference in compared:
        pair, task = difference.name.rsplit("/", 1)
        arm, other = pair.split(" - ")
        of_task = {name: by_task[task] for name, by_task in rates.items() if task in by_task}
        sentences.append(verdict.success_sentence(task, arm, other, of_task, difference))
    sentences += verdict.code_sentences(laq.arms["laq"])
    sentences += verdict.probe_sentences(laq.arms["laq"], laq.arms["random_laq"])
    accuracies = (verdict.accuracy_sentence(arm, c.metrics) for arm, c in foundation.items())
    return sentences + [sentence for sentence in accuracies if sentence]


def _draw(arms: Mapping[str, Report], foundation: Mapping[str, Checkpoint], out: Path) -> list[str]:
    """Draw what compares arms; return the names of the files that exist."""
    drawn = []
    rates = {arm: success_rates(report) for arm, report in arms.items()}
    if all(rates.values()):
        draw_success(rates, out / "success.png")
        drawn.append("success.png")
    stages = {
        "foundation": {arm: read_curves(Path(c.path)) for arm, c in foundation.items()},
        "policy": {arm: read_curves(Path(report.path)) for arm, report in arms.items()},
    }
    for stage, curves in stages.items():
        name = f"curves_{stage}.png"
        if draw_curves(curves, f"Training of the {stage} (dashed: held-out)", out / name):
            drawn.append(name)
    return drawn


@dataclass(frozen=True, kw_only=True)
class Captioned:
    """A picture or video of the page."""

    address: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What one arm did, to look at."""

    arm: str
    pictures: list[Captioned]
    videos: list[Captioned]


def _laq_pictures(laq: Report) -> list[Captioned]:
    folder = Path(laq.path)
    return [
        Captioned(address=data_address(folder / name), caption=CAPTIONS.get(name, name))
        for name in laq.pictures
    ]


def _shown(arm: str, report: Report) -> Shown:
    folder = Path(report.path)
    return Shown(
        arm=arm,
        pictures=[
            Captioned(address=data_address(folder / name), caption=f"{arm}: {Path(name).stem}")
            for name in report.pictures
        ],
        videos=[
            Captioned(address=data_address(video), caption=video.stem.replace("_", " "))
            for video in sorted((folder / "clips").glob("*.mp4"))
        ],
    )
