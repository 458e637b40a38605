"""An analysis as one class: what it needs, and what it makes of the evidence it is given."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from lapa.evaluation.analyses import Analyses
from lapa.evaluation.blocks import Plot
from lapa.evaluation.finding import Finding
from lapa.params.evaluation import EvaluationParams

NO_SIMULATOR = "no simulator looks like this data (evaluation.rollout is null)"


class Need(StrEnum):
    """What an analysis cannot do without."""

    CODES = "codes"
    """Latents that are quantised."""
    ACTIONS = "actions"
    """True actions of the held-out episodes."""
    STATES = "states"
    """Robot states of the held-out episodes; for a policy, that it reads them."""
    FLOW = "flow"
    """Optical flow of the held-out pairs."""
    INSTRUCTIONS = "instructions"
    """More than one instruction among the held-out episodes."""
    ENVIRONMENTS = "environments"
    """More than one environment (scene, robot) among the held-out episodes."""
    SEVERAL_DATASETS = "several datasets"
    """Held-out episodes of more than one dataset."""
    SIMULATOR = "simulator"
    """A simulator that looks like the data."""
    SEVERAL_ARMS = "several arms"
    """Something to compare with."""


@dataclass(frozen=True, kw_only=True)
class Evidence(ABC):
    """What an analysis may look at; there is one class for codes, one for a policy, one for all arms."""

    params: EvaluationParams
    out: Path
    """Folder of the report: plots and other files go there."""
    analyses: Analyses
    """Runs parts of an analysis that may fail without the rest."""

    @abstractmethod
    def absences(self) -> Mapping[Need, str | None]:
        """Every need this kind of evidence knows: None where it is met, else the reason why not.

        The reason completes "not measured, because …".
        """

    def plot(self, name: str, draw: Callable[[Path], object], caption: str) -> tuple[Plot, ...]:
        """Let ``draw`` write ``<name>.png``; the plot as blocks, none if it could not or shall not be made.

        Args:
            name: of the file, without ending.
            draw: called with the path to write.
            caption: in plain words.
        """
        if not self.params.plots:
            return ()
        file = self.out / f"{name}.png"
        self.analyses.run(f"plot of {name.replace('_', ' ')}", partial(draw, file))
        return (Plot(file=file.name, caption=caption),) if file.is_file() else ()


E = TypeVar("E", bound=Evidence)


class Section(ABC, Generic[E]):
    """One analysis: inherit one of `CodesSection`, `PolicySection`, `ArmsSection` and write `measure`."""

    looks_at: ClassVar[type[Evidence]]
    """The kind of evidence, set by the three classes above."""
    name: ClassVar[str]
    """What was measured, as "not measured" lists it: ``use of codes``."""
    title: ClassVar[str]
    """Heading on the page; sections of one title share it."""
    lead: ClassVar[str] = ""
    """What to know before reading on; said once below the heading."""
    needs: ClassVar[tuple[Need, ...]] = ()
    """Without one of these the analysis is skipped, and listed with the reason."""

    @abstractmethod
    def measure(self, evidence: E) -> Finding:
        """Measure.

        Raises:
            CannotMeasureError: the data does not allow it, for another reason than `needs`.
        """

    def run(self, evidence: E) -> Finding | None:
        """Measure under the guard; None, and a reason in the list, where that was not possible.

        Raises:
            ValueError: it needs what this kind of evidence never has.
        """
        if (reason := self._unmet(evidence)) is not None:
            evidence.analyses.skip(self.name, reason)
            return None
        finding = evidence.analyses.run(self.name, partial(self.measure, evidence))
        if finding is None:
            return None
        about = {"analysis": self.name, "title": self.title, "lead": self.lead}
        return finding.model_copy(update=about)

    def _unmet(self, evidence: E) -> str | None:
        absences = evidence.absences()
        for need in self.needs:
            if need not in absences:
                raise ValueError(
                    f"analysis {self.name!r} needs {need.value}, of which {type(evidence).__name__} "
                    f"knows nothing; expected some of {', '.join(absences)}"
                )
            if (reason := absences[need]) is not None:
                return reason
        return None
