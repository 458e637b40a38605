"""Which layer wins, what presets may say, and that a name nobody wrote is refused with its nearest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader, require_environment
from lapa.params.base import TrainerParams
from lapa.refused import RefusedError

LAYERS = {
    "base/globals.yml": {"run": "main", "image_size": 64},
    "base/parameters.yml": {
        "cluster": None,
        "laq": {
            "preset": "small",
            "size": "${globals:image_size}",
            "trainer": {"max_steps": 1, "batch_size": 1, "devices": 1},
        },
    },
    "presets/laq/small.yml": {},
    "presets/laq/large.yml": {
        "globals": {"image_size": 256},
        "laq": {"trainer": {"max_steps": 2, "batch_size": 2, "devices": 2}},
    },
    "presets/laq/large_slow.yml": {"laq": {"preset": "large", "trainer": {"max_steps": 3}}},
    "presets/laq/_many_steps.yml": {"laq": {"trainer": {"max_steps": 9}}},
    "presets/laq/long.yml": {"laq": {"preset": "_many_steps"}},
    "presets/cluster/gpu.yml": {"laq": {"trainer": {"devices": 4}}},
    "presets/cluster/many.yml": {
        "cluster": "gpu",
        "by_preset": {"laq": {"large": {"trainer": {"devices": 8}}}},
    },
    "presets/data/web.yml": {
        "globals": {"image_size": 128},
        "laq": {"trainer": {"batch_size": 6}},
        "by_preset": {"laq": {"small": {"trainer": {"max_steps": 5}}}},
    },
    "data/globals.yml": {"run": "data"},
    "data/parameters.yml": {
        "laq": {"trainer": {"batch_size": 5}},
        "by_preset": {"laq": {"small": {"trainer": {"max_steps": 7}}}},
    },
    "sized/globals.yml": {"run": "sized"},
    "sized/parameters.yml": {"laq": {"preset": "large"}, "cluster": "many"},
}
"""File -> its content: a base, two environments, and presets for them."""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    for name, content in LAYERS.items():
        write(tmp_path, name, content)
    return tmp_path


def write(conf: Path, name: str, content: dict[str, Any]) -> None:
    (conf / name).parent.mkdir(parents=True, exist_ok=True)
    (conf / name).write_text(yaml.safe_dump(content) if content else "# as base is\n")


def load(conf: Path, env: str = "data", **given: Any) -> dict[str, Any]:
    loader = ConfigLoader(str(conf), env=env, runtime_params=given, **CONFIG_LOADER_ARGS)
    return dict(loader["parameters"])


def trainer(conf: Path, env: str = "data", **given: Any) -> list[int]:
    values = load(conf, env, **given)["laq"]["trainer"]
    return [values[name] for name in ("max_steps", "batch_size", "devices")]


def test_a_preset_wins_over_base_and_loses_to_the_environment(conf: Path) -> None:
    assert trainer(conf, "base") == [1, 1, 1]
    assert trainer(conf, "base", laq={"preset": "large"}) == [2, 2, 2]
    assert trainer(conf, laq={"preset": "large"}) == [2, 5, 2]


def test_the_command_line_wins_over_all(conf: Path) -> None:
    given = {"preset": "large", "trainer": {"batch_size": 9}}
    assert trainer(conf, laq=given, cluster="many") == [2, 9, 8]
    (conf / "data/parameters.yml").unlink()
    assert trainer(conf, laq=given, cluster="many") == [2, 9, 8]


def test_the_class_speaks_last(conf: Path) -> None:
    values = load(conf, laq={"preset": "large"})["laq"]["trainer"]
    assert "nodes" not in values
    assert TrainerParams.model_validate(values).nodes == 1


def test_the_environment_names_presets_and_the_command_line_others(conf: Path) -> None:
    assert trainer(conf, "sized") == [2, 2, 8]
    assert trainer(conf, "sized", cluster="gpu") == [2, 2, 4]
    assert trainer(conf, "sized", cluster=None) == [2, 2, 2]
    assert trainer(conf, "sized", cluster=None, laq={"preset": None}) == [1, 1, 1]


def test_a_preset_is_laid_on_another(conf: Path) -> None:
    assert trainer(conf, "base", laq={"preset": "large_slow"}) == [3, 2, 2]
    assert trainer(conf, "base", laq={"preset": "large_slow"}, cluster="many") == [3, 2, 4]


def test_a_fragment_is_laid_under_presets_and_is_none_itself(conf: Path) -> None:
    assert trainer(conf, "base", laq={"preset": "long"}) == [9, 1, 1]
    with pytest.raises(RefusedError, match=r"large, large_slow, long, small$"):
        load(conf, laq={"preset": "_many_steps"})
    write(conf, "data/parameters.yml", {"by_preset": {"laq": {"_many_steps": {}}}})
    with pytest.raises(RefusedError, match=r"by_preset\.laq names '_many_steps'"):
        load(conf)


def test_what_holds_for_one_size_holds_for_no_other(conf: Path) -> None:
    assert trainer(conf) == [7, 5, 1]
    assert trainer(conf, cluster="many") == [7, 5, 4]
    assert trainer(conf, laq={"preset": "large"}, cluster="many") == [2, 5, 8]


def test_globals_of_a_preset_lie_between_base_and_environment(conf: Path) -> None:
    def size(**given: Any) -> int:
        return int(load(conf, **given)["laq"]["size"])

    large = {"laq": {"preset": "large"}}
    assert size() == 64
    assert size(**large) == 256
    assert size(**large, image_size=32) == 32
    write(conf, "data/globals.yml", {"image_size": 128})
    assert size(**large) == 128


def test_data_lie_between_sizes_and_cluster(conf: Path) -> None:
    assert trainer(conf, "base", data="web") == [5, 6, 1]
    assert trainer(conf, "base", data="web", laq={"preset": "large"}) == [2, 6, 2]
    assert trainer(conf, "base", data="web", laq={"preset": "large"}, cluster="many") == [2, 6, 8]
    assert trainer(conf, data="web") == [7, 5, 1]
    assert load(conf, "base", data="web")["laq"]["size"] == 128


def test_what_chose_the_presets_is_no_parameter(conf: Path) -> None:
    parameters = load(conf, cluster="many", laq={"preset": "large"})
    assert set(parameters) == {"laq"}
    assert set(parameters["laq"]) == {"size", "trainer"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"laq": {"preset": "lrge"}}, r"laq\.preset is 'lrge', .*lrge\.yml .*did you mean 'large'"),
        ({"cluster": "mny"}, r"cluster is 'mny', .*did you mean 'many'\? There are: gpu, many"),
        ({"data": "wbe"}, r"data is 'wbe', .*did you mean 'web'"),
        ({"cluster": 3}, r"cluster is 3, .* does not exist\. There are: gpu, many"),
    ],
)
def test_a_preset_nobody_wrote_names_its_nearest(
    conf: Path, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        load(conf, **given)


@pytest.mark.parametrize(
    ("by_preset", "message"),
    [
        ({"lak": {"small": {}}}, r"by_preset names 'lak'.*did you mean 'laq'"),
        ({"laq": {"smal": {}}}, r"by_preset\.laq names 'smal', .*did you mean 'small'"),
    ],
)
def test_a_size_nobody_wrote_is_refused_too(
    conf: Path, by_preset: dict[str, Any], message: str
) -> None:
    write(conf, "data/parameters.yml", {"by_preset": by_preset})
    with pytest.raises(RefusedError, match=message):
        load(conf)


def test_presets_are_no_environment(conf: Path) -> None:
    with pytest.raises(
        RefusedError, match=r"no environment 'presets'.*There are: base, data, sized"
    ):
        require_environment(conf, "presets")


def test_a_configuration_without_presets_is_loaded_as_ever(tmp_path: Path) -> None:
    write(tmp_path, "base/parameters.yml", {"laq": {"preset": "large"}})
    assert load(tmp_path, "base") == {"laq": {"preset": "large"}}
