"""Tamper with copies of a finished run in many ways and tell how each ends: run as a script, in the project.

`python tampered_runs.py FOLDER` writes FOLDER/outcomes.json: case -> the error, or an empty string where the run went to its end.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

MODELS = "06_models/test"
LABELS = "05_model_input/test/labels"


def flip(path: Path, position: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(bytes(data))


def replace_file(data: Path, source: str, target: str) -> None:
    shutil.copy(data / source, data / target)


def replace_folder(data: Path, source: str, target: str, *, anonymous: bool = False) -> None:
    shutil.rmtree(data / target)
    shutil.copytree(data / source, data / target)
    if anonymous:  # as if made before made_with.json was written
        (data / target / "made_with.json").unlink()


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def other_codes(data: Path) -> None:
    for sidecar in (data / LABELS / "random_laq").rglob("*.safetensors"):
        relative = sidecar.relative_to(data / LABELS / "random_laq")
        shutil.copy(sidecar, data / LABELS / "lapa" / relative)


WEIGHTS = "model.safetensors"
CASES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "nothing": ("lapa.label_shards", lambda data: None),
    "byte in the quantiser's weights": (
        "lapa.label_shards",
        lambda data: flip(data / MODELS / "laq" / WEIGHTS),
    ),
    "control's weights under the quantiser's record": (
        "lapa.label_shards",
        lambda data: replace_file(
            data, f"{MODELS}/random_laq/{WEIGHTS}", f"{MODELS}/laq/{WEIGHTS}"
        ),
    ),
    "control's quantiser whole": (
        "lapa.label_shards",
        lambda data: replace_folder(data, f"{MODELS}/random_laq", f"{MODELS}/laq"),
    ),
    "control's backbone weights": (
        "lapa.train_policy",
        lambda data: replace_file(
            data,
            f"{MODELS}/random_laq/foundation/{WEIGHTS}",
            f"{MODELS}/lapa/foundation/{WEIGHTS}",
        ),
    ),
    "control's policy whole": (
        "lapa.evaluate_policy",
        lambda data: replace_folder(data, f"{MODELS}/random_laq/policy", f"{MODELS}/lapa/policy"),
    ),
    "control's policy whole, anonymous": (
        "lapa.evaluate_policy",
        lambda data: replace_folder(
            data, f"{MODELS}/random_laq/policy", f"{MODELS}/lapa/policy", anonymous=True
        ),
    ),
    "control's codes under this arm's record": ("lapa.train_foundation", other_codes),
    "control's labels whole, anonymous": (
        "lapa.train_foundation",
        lambda data: replace_folder(data, f"{LABELS}/random_laq", f"{LABELS}/lapa", anonymous=True),
    ),
    "byte in a policy's weights": (
        "lapa.evaluate_policy",
        lambda data: flip(data / MODELS / "lapa/policy" / WEIGHTS),
    ),
    "edited digest": (
        "lapa.label_shards",
        lambda data: edit(data / MODELS / "laq/record.json", digest="0" * 64),
    ),
    "edited ancestry": (
        "lapa.label_shards",
        lambda data: edit(data / MODELS / "laq/record.json", inputs={"shards": "f" * 64}),
    ),
    "edited kind": (
        "lapa.label_shards",
        lambda data: edit(data / MODELS / "laq/record.json", kind="policy"),
    ),
    "edited report": (
        "write_report",
        lambda data: flip(data / "08_reporting/test/laq/reconstructions.png"),
    ),
    "raw episode replaced": (
        "tabletop.write_shards",
        lambda data: replace_file(
            data,
            "01_raw/test/tabletop/episode_000001/video.mp4",
            "01_raw/test/tabletop/episode_000000/video.mp4",
        ),
    ),
    "policy of an older backbone": (
        "write_report",
        lambda data: replace_folder(
            data, f"{MODELS}/scratch/foundation", f"{MODELS}/lapa/foundation", anonymous=True
        ),
    ),
}


def outcome(node: str, data: Path) -> str:
    import mlflow
    from kedro.framework.session import KedroSession

    overrides = {"data_root": str(data)}
    with KedroSession.create(env="test", runtime_params=overrides) as session:
        try:
            session.run(node_names=[node])
        except Exception as error:
            return str(error)
        finally:
            while mlflow.active_run():
                mlflow.end_run()
    return ""


def main(folder: Path) -> None:
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(Path.cwd())
    found = {}
    for number, (case, (node, tamper)) in enumerate(CASES.items()):
        data = folder / str(number)
        shutil.copytree("data", data)
        tamper(data)
        found[case] = outcome(node, data)
        shutil.rmtree(data)
    (folder / "outcomes.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
