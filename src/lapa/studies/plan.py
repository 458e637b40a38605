"""The runs of every cell of a study: its own, and those of the ancestors that cells have in common."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lapa.params.arms import Arm
from lapa.params.study import arm_of
from lapa.records import CellKey
from lapa.studies.ancestry import Ancestry, ancestry_of
from lapa.studies.configuration import Configuration, read_configuration
from lapa.studies.file import Study
from lapa.studies.grid import cells_of
from lapa.studies.orders import (
    DATA,
    POLICY,
    PRETRAINING,
    QUANTIZER,
    UPSTREAM,
    CellOrder,
    RunOrder,
    run_name,
)
from lapa.studies.parameters import common, of_cell
from lapa.studies.preflight import saying_where

SEEDED = "{label}-s{seed}"
CHECKPOINT = "_checkpoint"
"""Ends the dataset of a quantiser; the rest is its name in the report about it."""
QUANTIZERS = ("laq_checkpoint", "random_laq_checkpoint")
"""Those that every report compares; arms from outside may have further ones."""
REPORT = "laq_report"
"""Dataset of what was measured about a quantiser."""


class Plan:
    """All cells of a study with their runs; nothing is run, and no data is opened."""

    def __init__(self, study: Study, conf: Path) -> None:
        """Read every configuration of the study and name all runs.

        Args:
            study: what is asked for.
            conf: folder of the configuration.

        Raises:
            RefusedError: a parameter that nothing reads or no section accepts.
        """
        self.study = study
        self._chosen = study.params.chosen
        keys = cells_of(study.params)
        self.configurations = self._configurations(conf, keys)
        self.runs: dict[str, RunOrder] = {}
        """All runs by name, ancestors before those that need them."""
        self.cells: dict[CellKey, CellOrder] = {key: self._cell(key) for key in keys}

    def ancestors_first(self, orders: Iterable[RunOrder]) -> list[RunOrder]:
        """The runs and all that they descend from, each once."""
        wanted = {order.name for order in orders}
        for name in reversed(self.runs):
            if name in wanted:
                wanted.update(self.runs[name].after)
        return [order for name, order in self.runs.items() if name in wanted]

    def _configurations(
        self, conf: Path, keys: Iterable[CellKey]
    ) -> dict[tuple[str, str], Configuration]:
        """Those of every setting and variant, each read with the arms that it has cells of."""
        arms: dict[tuple[str, str], dict[str, None]] = {}
        for key in keys:
            arms.setdefault((key.setting, key.variant), {})[self._chosen[key.arm]] = None
        params, read = self.study.params, {}
        for (setting, variant), chosen in arms.items():
            env, given = params.settings[setting].env, common(params, setting, variant)
            with saying_where(f"setting {setting!r}, variant {variant!r}"):
                read[setting, variant] = read_configuration(
                    conf, env, given, list(chosen), needs_robot=self.study.ends_with_policy
                )
        return read

    def _cell(self, key: CellKey) -> CellOrder:
        chosen, configuration = self._chosen[key.arm], self.configurations[key.setting, key.variant]
        arm = arm_of(chosen)
        with saying_where(f"cell {key.name}"):
            facts = configuration.facts(of_cell(key))
        ancestry = ancestry_of(arm, facts, configuration.experiment)
        made = self._ancestors(arm, key, ancestry)
        name = run_name(key.name, ancestry.policy)
        cell = CellOrder(
            configuration=configuration,
            own=of_cell(key),
            name=name,
            part=POLICY,
            arm=arm.name,
            chosen=chosen,
            reads=_reads(made),
            outputs=(f"{arm.name}.policy_checkpoint", f"{arm.name}.policy_report"),
            after=tuple(made.values()),
            study=self.study.name,
            key=key,
            asked=ancestry.policy,
            runs={**{part: run for part, run in made.items() if part != UPSTREAM}, POLICY: name},
            quantizer=(arm.quantizer or "").removesuffix(CHECKPOINT),
            upstream=self.runs.get(made.get(UPSTREAM, "")),
            result=self.study.results / f"{key.name}.json",
        )
        self.runs[name] = cell
        return cell

    @property
    def _quantizers(self) -> tuple[str, ...]:
        of_arms = (arm_of(chosen).quantizer for chosen in self._chosen.values())
        return tuple(dict.fromkeys((*QUANTIZERS, *filter(None, of_arms))))

    def _ancestors(self, arm: Arm, key: CellKey, ancestry: Ancestry) -> dict[str, str]:
        """Name the runs that a cell descends from; part -> run."""
        configuration = self.configurations[key.setting, key.variant]
        made: dict[str, str] = {}

        def add(part: str, label: str, digest: str, outputs: tuple[str, ...], of: str = "") -> None:
            order = RunOrder(
                configuration=configuration,
                own=of_cell(key),
                name=run_name(label, digest),
                part=part,
                arm=of,
                chosen=self._chosen.get(of, ""),
                reads=_reads(made),
                outputs=outputs,
                after=tuple(made[earlier] for earlier in made if earlier != UPSTREAM),
            )
            self.runs.setdefault(order.name, order)
            made[part] = order.name

        def seeded(label: str) -> str:
            return SEEDED.format(label=label, seed=key.seed)

        shards = (f"{name}.clip_shards" for name in configuration.experiment.datasets)
        add(DATA, DATA, ancestry.data, ("mixture", *shards))
        if ancestry.laq:
            add(QUANTIZER, seeded(QUANTIZER), ancestry.laq, self._quantizers)
        if ancestry.upstream and self.study.params.upstream:
            add(UPSTREAM, seeded(UPSTREAM), ancestry.upstream, (REPORT,))
        if ancestry.pretraining:
            outputs = (f"{arm.name}.latent_labels", f"{arm.name}.foundation_checkpoint")
            add(PRETRAINING, seeded(arm.name), ancestry.pretraining, outputs, arm.name)
        return made


def _reads(made: dict[str, str]) -> dict[str, str]:
    """Parts of the catalog -> runs: labels were made where the backbone was."""
    reads = {part: run for part, run in made.items() if part != UPSTREAM}
    return reads | ({"labels": made[PRETRAINING]} if PRETRAINING in made else {})
