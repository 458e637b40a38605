"""Environment, run, global and parameter names are checked before anything is read or written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader, require_environment
from lapa.config.experiment import choose_experiment
from lapa.config.presets import PRESETS
from lapa.hooks.preflight.global_names import require_known_globals
from lapa.hooks.preflight.parameter_names import require_known_parameters
from lapa.hooks.preflight.run_name import require_run_name
from lapa.params.arms import KNOWN
from lapa.params.base import Params
from lapa.params.experiment import DEMO
from lapa.params.laq.quantizers import ChosenQuantizer
from lapa.params.sections import SECTIONS, WORK
from lapa.refused import RefusedError
from toys.paths import ROOT

CONF = ROOT / "conf"


@pytest.mark.parametrize("name", ["main", "wider_2", "2026-11-27", "a.b", "x" * 80, 7])
def test_names_are_accepted(name: Any) -> None:
    require_run_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "/abs",
        "a/b",
        "a\\b",
        "-x",
        ".hidden",
        "a b",
        "ü",
        "a\n",
        "~",
        "$HOME",
    ],
)
def test_what_could_lead_elsewhere_is_no_name(name: str) -> None:
    with pytest.raises(RefusedError, match="is no name: expected letters"):
        require_run_name(name)


@pytest.mark.parametrize("value", [None, True, 1.5, ["a"], {"a": 1}])
def test_what_yaml_does_not_read_as_a_name_is_refused(value: Any) -> None:
    with pytest.raises(RefusedError, match="is no name"):
        require_run_name(value)


def test_an_environment_that_is_not_there_names_the_nearest_and_all() -> None:
    require_environment(str(CONF), "bridge")
    require_environment(str(CONF), None)
    with pytest.raises(RefusedError, match=r"did you mean 'bridge'.*There are: .*base, .*videos"):
        require_environment(str(CONF), "brigde")


def loader(conf: Path = CONF, env: str = "test", **given: Any) -> ConfigLoader:
    return ConfigLoader(str(conf), env=env, runtime_params=given, **CONFIG_LOADER_ARGS)


def check(config: ConfigLoader) -> None:
    given = config.runtime_params or {}
    require_known_globals(config, config["globals"])
    require_known_parameters(
        config["parameters"],
        given=given,
        known_globals=config["globals"],
        with_presets=config.sections_with_presets,
    )


def test_the_sections_are_what_the_pipelines_take() -> None:
    bootstrap_project(ROOT)
    choose_experiment(DEMO.model_copy(update={"arms": tuple(arm.name for arm in KNOWN)}))
    inputs = pipelines["__default__"].inputs()
    choose_experiment(DEMO)
    parameters = {name for name in inputs if name.startswith("params:")}
    taken = {name for name in parameters if not name.startswith("params:finetune.")}
    sections = {*SECTIONS, WORK} - {"datasets", "recording"}
    sections |= {"datasets.tabletop", "datasets.tabletop.recording"}
    assert taken == {f"params:{name}" for name in sections}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fundation": {"trainer": {"max_steps": 3}}}, "'fundation'; did you mean 'foundation'"),
        ({"rnu": "t2"}, "'rnu'; did you mean 'run'"),
        ({"clustre": "laptop"}, "'clustre'; did you mean 'cluster'"),
        ({"laq": {"preset": "papr"}}, r"laq\.preset is 'papr', .*; did you mean 'paper'"),
        ({"laq": {"presett": "paper"}}, r"no parameter 'laq\.presett'; did you mean 'preset'\?"),
        ({"labeling": {"preset": "x"}}, r"no parameter 'labeling\.preset'.* There are: batch_size"),
        ({"laq": {"zzz": 1}}, r"no parameter 'laq\.zzz'\. There are: .*, preset$"),
        (
            {"foundation": {"preset": "_batch_4096"}},
            r"is '_batch_4096', .*There are: action_tokens_2b, action_tokens_tiny, dual_",
        ),
        ({"cluster": "laptpo"}, r"cluster is 'laptpo', .*; did you mean 'laptop'"),
        ({"zzz": 1}, r"no parameter 'zzz'\. There are: .*evaluation, .*run, .*work"),
        ({"laq": {"trainr": {}}}, r"no parameter 'laq\.trainr'; did you mean 'trainer'"),
        (
            {"laq": {"trainer": {"max_step": 3}}},
            r"'laq\.trainer\.max_step'; did you mean 'max_steps'",
        ),
        (
            {"foundation": {"backend": {"chanels": 3}}},
            r"'foundation\.backend\.chanels'; did you mean 'channels'",
        ),
        (
            {"laq": {"model": {"quantizer": {"kind": "fsq", "lvels": [2]}}}},
            r"'laq\.model\.quantizer\.lvels'; did you mean 'levels'",
        ),
        (
            {"laq": {"model": {"quantizer": {"kind": "fsqq"}}}},
            r"laq\.model\.quantizer: no quantizer kind 'fsqq'; did you mean 'fsq'",
        ),
        (
            {"laq": {"model": {"quantizer": {"kind": "toys.quantizer_toy:SignParams", "scal": 3}}}},
            r"'laq\.model\.quantizer\.scal'; did you mean 'scale'.* There are: kind, scale",
        ),
        (
            {"finetune": {"head": {"kind": "toys.head_toy:RidgeParams", "dcay": 2}}},
            r"'finetune\.head\.dcay'; did you mean 'decay'",
        ),
        (
            {"evaluation": {"rollout": {"simulator": {"kind": "tabletop", "camra": "top"}}}},
            r"'evaluation\.rollout\.simulator\.camra'; did you mean 'camera'",
        ),
        (
            {"ingestion": {"sources": [{"kind": "rlds", "path": "x", "fps": 3}]}},
            r"no parameter 'ingestion\.sources\.0\.fps'",
        ),
        (
            {"laq": {"trainer": {"batch_size": 0}}},
            r"laq\.trainer\.batch_size: .* greater than 0, found 0",
        ),
        ({"laq": 3}, "laq: "),
        ({"horizon_s": "long"}, r"pairs\.horizon_s: .* valid number.*, found 'long'"),
    ],
)
def test_an_unknown_name_names_its_nearest(given: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        check(loader(**given))


class Shelf(Params):
    """A made-up section with several of a family, and perhaps one."""

    many: tuple[ChosenQuantizer, ...] = ()
    one: ChosenQuantizer | None = None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"many": [{"kind": "nsvq"}, {"kind": "fsq", "lvels": 2}]},
            r"'shelf\.many\.1\.lvels'; did you mean 'levels'",
        ),
        ({"one": {"kind": "vq_ema", "decy": 0.5}}, r"'shelf\.one\.decy'; did you mean 'decay'"),
        ({"one": {"decay": 0.5}}, r"shelf\.one\.kind: Field required"),
        ({"many": 3}, r"shelf\.many: .* tuple"),
    ],
)
def test_names_inside_each_of_a_list_are_checked_by_its_kind(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], message: str
) -> None:
    monkeypatch.setitem(SECTIONS, "shelf", Shelf)
    with pytest.raises(RefusedError, match=message):
        require_known_parameters({"shelf": given}, given={}, known_globals={})


def test_all_that_is_wrong_is_said_at_once() -> None:
    given = {"rnu": "x", "laq": {"trainr": {}}, "labeling": {"batch": 3}}
    with pytest.raises(RefusedError) as refused:
        check(loader(**given))
    assert [line.split("'")[1] for line in str(refused.value).splitlines()] == [
        "rnu",
        "laq.trainr",
        "labeling.batch",
    ]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"horizon_s": 0.3}, ("pairs", "horizon_s")),
        ({"horizon_s": 0.3}, ("ingestion", "max_horizon_s")),
        ({"image_size": 32}, ("laq", "model", "image_size")),
        ({"seed": 5}, ("laq", "trainer", "seed")),
        ({"code_seq_len": 2}, ("foundation", "code_seq_len")),
    ],
)
def test_a_global_of_the_command_line_is_effective(given: dict[str, Any], place: Any) -> None:
    config = loader(**given)
    check(config)
    value: Any = config["parameters"]
    for part in place:
        value = value[part]
    assert value == next(iter(given.values()))


def test_data_root_of_the_command_line_moves_every_output() -> None:
    config = loader(data_root="/elsewhere", run="mine")
    check(config)
    assert config["parameters"]["work"] == "/elsewhere/.work/mine"
    paths = [entry["filepath"] for name, entry in config["catalog"].items() if name[0] != "_"]
    assert all(path.startswith("/elsewhere/") for path in paths)
    # a study and a sweep have many runs, and one page; what is read by URL is kept for all
    of_all = ("{study}", "{sweep}", "/.cache/")
    of_runs = [path for path in paths if not any(part in path for part in of_all)]
    assert all("/mine/" in path for path in of_runs)


def project(tmp_path: Path, **files: str) -> Path:
    """A configuration with an environment `mine` of these files."""
    import shutil

    for folder in ("base", PRESETS):
        shutil.copytree(CONF / folder, tmp_path / folder)
    (tmp_path / "mine/parameters").mkdir(parents=True)
    for name, text in files.items():
        folder = tmp_path / "mine" if name == "globals" else tmp_path / "mine/parameters"
        (folder / f"{name}.yml").write_text(text)
    return tmp_path


def test_a_section_nobody_reads_in_a_file_is_refused(tmp_path: Path) -> None:
    conf = project(tmp_path, mine="laqq: {trainer: {max_steps: 3}}")
    with pytest.raises(RefusedError, match="'laqq'; did you mean 'laq'"):
        check(loader(conf, "mine"))


def test_a_global_in_a_parameter_file_is_sent_to_its_place(tmp_path: Path) -> None:
    conf = project(tmp_path, mine="horizon_s: 0.4")
    with pytest.raises(RefusedError, match=r"'horizon_s' is a global.*globals\.yml"):
        check(loader(conf, "mine"))


def test_a_global_nobody_reads_is_refused(tmp_path: Path) -> None:
    conf = project(tmp_path, globals="horizn_s: 0.4")
    with pytest.raises(
        RefusedError, match="sets 'horizn_s', which nothing reads; did you mean 'hor"
    ):
        check(loader(conf, "mine"))


def test_a_global_of_ones_own_is_welcome_where_it_is_read(tmp_path: Path) -> None:
    files = {"globals": "steps: 7", "mine": "laq: {trainer: {max_steps: '${globals:steps}'}}"}
    check(loader(project(tmp_path, **files), "mine", laq={"optimizer": {"warmup_steps": 1}}))
