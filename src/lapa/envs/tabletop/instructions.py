"""How a person would ask for each task: several wordings, so that a policy learns words, not one sentence."""

from __future__ import annotations

import numpy as np

from lapa.envs.tabletop.tasks import Goal
from lapa.params.envs import Part

PHRASINGS: dict[str, tuple[str, ...]] = {
    "reach": (
        "touch the {object}",
        "move to the {object}",
        "go to the {object}",
        "reach for the {object}",
        "tap the {object}",
    ),
    "lift": (
        "pick up the {object}",
        "lift the {object}",
        "grab the {object} and raise it",
        "take the {object} off the table",
        "lift up the {object}",
    ),
    "push": (
        "push the {object} next to the {other}",
        "push the {object} against the {other}",
        "shove the {object} over to the {other}",
        "nudge the {object} until it is beside the {other}",
    ),
    "stack": (
        "put the {object} on top of the {other}",
        "stack the {object} on the {other}",
        "place the {object} on the {other}",
        "set the {object} down on top of the {other}",
    ),
    "side": (
        "move the {object} to the {side} side of the table",
        "put the {object} on the {side} side",
        "bring the {object} over to the {side}",
        "place the {object} at the {side} edge of the table",
    ),
}
"""Wordings per task; `{object}` and `{other}` become a colour and a shape, `{side}` left or right."""


UNSEEN_WORDINGS = frozenset(
    {
        "move to the {object}",
        "tap the {object}",
        "take the {object} off the table",
        "lift up the {object}",
        "nudge the {object} until it is beside the {other}",
        "set the {object} down on top of the {other}",
        "place the {object} at the {side} edge of the table",
    }
)
"""Held out of training where only seen wordings are drawn: some say it in words that other wordings have too,
some in new ones."""


def wordings_of(task: str, part: Part = "all") -> tuple[str, ...]:
    """Wordings of a task, or those of them that are seen in training, or not."""
    wordings = PHRASINGS[task]
    if part == "all":
        return wordings
    return tuple(w for w in wordings if (w in UNSEEN_WORDINGS) == (part == "unseen"))


def phrase(
    goal: Goal, names: tuple[str, ...], generator: np.random.Generator, part: Part = "all"
) -> str:
    """One wording of ``goal``; ``names`` describe the objects, e.g. `red cube`."""
    wordings = wordings_of(goal.task, part)
    wording = wordings[int(generator.integers(len(wordings)))]
    other = names[goal.other] if goal.other >= 0 else ""
    return wording.format(object=names[goal.object], other=other, side=goal.side)
