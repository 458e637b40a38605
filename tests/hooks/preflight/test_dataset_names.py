from __future__ import annotations

from typing import Any

import pytest

from lapa.hooks.preflight.dataset_names import require_known_datasets
from lapa.refused import RefusedError


def parameters(**changes: Any) -> dict[str, Any]:
    return {
        "datasets": {"bridge": {"kind": "rlds", "path": "x"}, "table": {"kind": "simulator"}},
        "mixture": {"sources": [{"dataset": "bridge"}]},
        "finetune": {"dataset": "table"},
        "ingestion": {"max_horizon_s": 0.1},
        **changes,
    }


def test_known_names_pass() -> None:
    require_known_datasets(parameters())
    require_known_datasets(parameters(finetune={"dataset": "bridge/inner"}))
    require_known_datasets(parameters(finetune={"dataset": None}))
    watched = {"dataset": "bridge", "joint_latent_weight": 0.5}
    require_known_datasets(parameters(finetune=watched))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"mixture": {"sources": [{"dataset": "brigde"}]}},
            r"mixture\.sources\[0\]\.dataset: no dataset 'brigde' .*did you mean 'bridge'",
        ),
        ({"finetune": {"dataset": "tabel"}}, r"finetune\.dataset: no dataset 'tabel'.*'table'"),
        ({"datasets": {"lapa": {"kind": "simulator"}}}, "'lapa' cannot be the name of a dataset"),
        ({"datasets": {"mixture": {"kind": "simulator"}}}, "'mixture' cannot be the name"),
        ({"datasets": {"a/b": {"kind": "simulator"}}}, "'a/b' cannot be the name"),
        (
            {"finetune": {"dataset": "table/inner", "joint_latent_weight": 0.5}},
            r"joint_latent_weight is 0\.5, but 'table' has no codes.*\['bridge'\]; watch",
        ),
        (
            {
                "datasets": {
                    "bridge": {"kind": "rlds", "path": "x", "settings": {"splt": {}}},
                    "table": {"kind": "simulator"},
                }
            },
            r"no parameter 'datasets\.bridge\.settings\.splt'; did you mean 'split'",
        ),
        (
            {
                "datasets": {
                    "bridge": {"kind": "rlds", "path": "x", "settings": {"image_size": 32}},
                    "table": {"kind": "simulator"},
                },
                "mixture": {"sources": [{"dataset": "bridge"}, {"dataset": "table"}]},
            },
            "bridge: 32 px by crop, table: 256 px by crop",
        ),
    ],
)
def test_unknown_names_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        require_known_datasets(parameters(**changes))
