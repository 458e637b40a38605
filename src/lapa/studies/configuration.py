"""The configuration of a setting and a variant, read once for all their cells."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

from kedro.io import DataCatalog
from pydantic import BaseModel, ValidationError

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader, require_environment
from lapa.hooks.preflight.configured import loaded, require_configured
from lapa.hooks.preflight.parameter_names import wrong_in
from lapa.hooks.preflight.simulators import require_one_simulator
from lapa.params.experiment import Experiment
from lapa.params.reuse import PARTS, REUSE
from lapa.params.sections import SECTIONS, WORK, class_of
from lapa.refused import RefusedError
from lapa.studies.facts import decided_in
from lapa.studies.parameters import laid_over
from lapa.studies.preflight import require_given_precision, require_quantizers

RUN = "run"
ARMS = "arms"
"""Parameter that chooses the arms of an experiment: of a cell there is one."""
PAGE = "{{{kind}}}.{kind}_page"
"""Dataset of the page of a study or sweep."""
_PLACE_OF = "STUDY-PLACE-OF-{part}"
"""Stands in the paths of the catalog for the run that a part is taken from."""


@dataclass(frozen=True)
class Configuration:
    """Resolved parameters, and where the artefacts of a run lie."""

    env: str | None
    given: dict[str, Any]
    """What the study gives, nested."""
    parameters: dict[str, Any]
    """Everything that was resolved, without what a single cell gives."""
    experiment: Experiment
    work: Path
    """Scratch root of all runs."""
    _catalog: str = field(repr=False)

    def facts(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Section -> what decides a result, complete and checked.

        Args:
            changes: what a cell gives, dotted.

        Raises:
            RefusedError: a section does not accept it.
        """
        touched = {name.partition(".")[0] for name in changes}
        own = laid_over({name: self.parameters[name] for name in touched}, changes)
        return {**self._facts, **{name: _facts_of(name, own[name]) for name in touched}}

    @cached_property
    def _facts(self) -> dict[str, Any]:
        return {name: _facts_of(name, self.parameters[name]) for name in SECTIONS}

    @cached_property
    def typed(self) -> dict[str, BaseModel]:
        """What nodes of its runs read, checked, by the name of their dataset (``params:laq``)."""
        names = list(SECTIONS)
        for dataset in self.experiment.datasets:
            recorded = dataset in self.experiment.simulated
            names += [f"datasets.{dataset}", *([f"datasets.{dataset}.recording"] * recorded)]
        models = ((name, class_of(name)) for name in names)
        return {
            f"params:{name}": model.model_validate(self._said(name))
            for name, model in models
            if model
        }

    def _said(self, name: str) -> Any:
        return reduce(lambda place, part: place[part], name.split("."), self.parameters)

    def page(self, name: str, kind: str = "study") -> Path:
        """File of the page of a study, or of another ``kind``."""
        filepath: str = json.loads(self._catalog)[PAGE.format(kind=kind)]["filepath"]
        return Path(filepath.replace(f"{{{kind}}}", name))

    def catalog(self, run: str, reads: Mapping[str, str]) -> DataCatalog:
        """The catalog of a run.

        Args:
            run: its name.
            reads: part -> the run that it is taken from.
        """
        text = self._catalog.replace(_PLACE_OF.format(part=RUN), run)
        for part in PARTS:
            text = text.replace(_PLACE_OF.format(part=part), reads.get(part, run))
        return DataCatalog.from_config(json.loads(text))


def read_configuration(
    conf: Path,
    env: str | None,
    given: dict[str, Any],
    arms: Sequence[str],
    *,
    needs_robot: bool = True,
) -> Configuration:
    """Read and resolve, with the checks that a run makes as soon as it has a configuration.

    Folders that an environment variable names stay names: a result does not depend on where they lie.

    Args:
        conf: folder of the configuration.
        env: environment.
        given: nested parameters, as `--params` would give them.
        arms: what chooses those that the study has with this configuration.
        needs_robot: whether a policy is learnt in the end.

    Raises:
        RefusedError: an environment or a name that nothing reads, a value that no section accepts, an arm that
            cannot be made, another simulator than that of the labelled episodes, a precision that every cell would
            choose for itself, or no robot set.
    """
    require_environment(conf, env)
    places = {part: _PLACE_OF.format(part=part) for part in PARTS}
    runs = {RUN: _PLACE_OF.format(part=RUN), REUSE: places, ARMS: list(arms)}
    resolvers = {**CONFIG_LOADER_ARGS["custom_resolvers"], "place": lambda name: f"${name}"}
    arguments = {**CONFIG_LOADER_ARGS, "custom_resolvers": resolvers}
    loader = ConfigLoader(conf, env=env, runtime_params={**given, **runs}, **arguments)
    parameters, known_globals = loaded(loader)
    require_configured(loader, parameters, known_globals)
    experiment = Experiment.of(parameters)
    if needs_robot and experiment.labeled is None:
        raise RefusedError(
            f"finetune.dataset is null with --env={env}, expected the robot set of this setting: a cell "
            "ends with a policy; set it in params of the study or its setting"
        )
    catalog = loader["catalog"]
    require_quantizers(experiment.chosen_arms, catalog)
    configuration = Configuration(
        env=env,
        given=given,
        parameters=parameters,
        experiment=experiment,
        work=Path(parameters[WORK]).parent,
        _catalog=json.dumps(catalog),
    )
    require_one_simulator(configuration.typed)
    require_given_precision(configuration.typed)
    return configuration


def _facts_of(section: str, values: Any) -> Any:
    try:
        return decided_in(SECTIONS[section].model_validate(values))
    except ValidationError as error:
        wrong = wrong_in(section, SECTIONS[section], values, ())
        raise RefusedError("\n".join(wrong)) from error
