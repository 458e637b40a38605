"""RAFT as the teacher of flow: its sizes and units, where its weights come from, what it needs."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import save_file
from torch import Tensor, nn

from lapa.flow.dis import dis_flow
from lapa.flow.raft import RaftFlow, _read, import_optical_flow
from lapa.params.flow import RaftParams
from lapa.params.laq.stage import FlowTargetParams
from lapa.training.laq.fit import train
from lapa.training.laq.targets import build_targets
from lapa.training.laq.targets.flow import flow_percent
from toys.squares import Squares, squares_loaders, tiny_params

NAME = "torchvision.models.optical_flow"


class FakeRaft(nn.Module):
    """The same flow everywhere, in the pixels it is given; checks what the real one demands."""

    def __init__(self) -> None:
        super().__init__()
        self.flow = nn.Parameter(torch.full((2,), float("nan")))
        self.norm = nn.BatchNorm2d(3)
        self.mixed = nn.Linear(1, 1)
        self.seen: list[tuple[int, ...]] = []

    def forward(self, image1: Tensor, image2: Tensor, num_flow_updates: int) -> list[Tensor]:
        assert image1.shape == image2.shape
        assert not self.training
        assert image1.min() >= -1
        assert image1.max() <= 1
        assert min(image1.min(), image2.min()) < 0 < max(image1.max(), image2.max())
        assert self.mixed(torch.zeros(1)).dtype is torch.float32, "autocast reaches the teacher"
        batch, _, height, width = image1.shape
        assert min(height, width) >= 128
        assert height % 8 == width % 8 == 0
        self.seen.append((batch, height, width, num_flow_updates))
        flow = self.flow.reshape(1, 2, 1, 1).expand(batch, 2, height, width)
        return [torch.zeros_like(flow)] * (num_flow_updates - 1) + [flow]


class FakeWeights:
    """What a member of torchvision's enumeration offers."""

    def __init__(self, value: float) -> None:
        self.value = value

    def get_state_dict(
        self, *, progress: bool, check_hash: bool, weights_only: bool
    ) -> dict[str, Tensor]:
        assert not progress
        assert check_hash
        assert weights_only, "a download must not be unpickled"
        model = FakeRaft()
        nn.init.constant_(model.flow, self.value)
        return model.state_dict()


def fake_build(*, weights: None) -> FakeRaft:
    assert weights is None
    return FakeRaft()


@pytest.fixture
def fake_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType(NAME)
    module.raft_small = fake_build
    module.Raft_Small_Weights = {"DEFAULT": FakeWeights(1.0), "C_T_V2": FakeWeights(2.0)}
    module.raft_large = lambda *, weights: nn.Linear(1, 1)
    for name in ("torchvision", "torchvision.models"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, NAME, module)


@pytest.fixture(params=["weights.safetensors", "weights.pth"])
def weights(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    model = FakeRaft()
    model.flow.data = torch.tensor([3.0, -5.0])
    path = tmp_path / request.param
    if path.suffix == ".pth":
        torch.save(model.state_dict(), path)
    else:
        save_file(model.state_dict(), path)
    return str(path)


def pairs(count: int = 3, height: int = 32, width: int = 32) -> Tensor:
    return torch.randint(0, 256, (count, 2, height, width, 3), dtype=torch.uint8)


@pytest.mark.usefixtures("fake_torchvision")
@pytest.mark.parametrize(
    ("size", "given", "flow"),
    [
        ((32, 32), (128, 128), (3 / 4, -5 / 4)),
        ((96, 160), (128, 160), (3, -5 * 96 / 128)),
        ((256, 256), (256, 256), (3, -5)),
        ((130, 128), (136, 128), (3, -5 * 130 / 136)),
    ],
)
def test_any_size_gives_its_own_pixels(
    weights: str, size: tuple[int, int], given: tuple[int, int], flow: tuple[float, float]
) -> None:
    teacher = RaftFlow(RaftParams(weights=weights, updates=4))
    found = teacher(pairs(3, *size))
    assert found.shape == (3, *size, 2)
    assert found.dtype is torch.float32
    assert not found.requires_grad
    assert teacher._model.seen == [(3, *given, 4)]
    torch.testing.assert_close(found, torch.tensor(flow, dtype=torch.float32).expand_as(found))


@pytest.mark.usefixtures("fake_torchvision")
def test_flow_is_counted_like_the_other_teachers(weights: str) -> None:
    teacher = RaftFlow(RaftParams(weights=weights))
    found = flow_percent(pairs(2), patch_size=8, teacher=teacher)
    assert found.shape == (2, 4, 4, 2)
    expected = 100 * torch.tensor([3.0, -5.0]) / 128  # the same share of a side at any size
    torch.testing.assert_close(found, expected.expand_as(found))


@pytest.mark.usefixtures("fake_torchvision")
def test_trains_with_a_frozen_teacher_that_is_not_saved(weights: str, tmp_path: Path) -> None:
    flow = {"weight": 0.1, "depth": 1, "teacher": "raft", "raft": {"weights": weights}}
    params = tiny_params(
        targets={"flow": flow},
        trainer={"max_steps": 3, "validate_every": 3, "precision": "bf16-mixed"},
    )
    target = build_targets(params)["flow"].train()
    assert all(name.startswith("decoder.") for name in target.state_dict())
    assert not any(parameter.requires_grad for parameter in target._teacher._model.parameters())
    _, exported = train(params, squares_loaders(params), work=tmp_path)
    silent = ((100 * 3 / 128) ** 2 + (100 * 5 / 128) ** 2) / 2
    assert 0 < exported.metrics["val/loss_flow"] < silent, "nothing was learnt"


@pytest.mark.usefixtures("fake_torchvision")
def test_torchvision_may_fetch_its_own_weights_if_they_are_named() -> None:
    for name, value in (("default", 1.0), ("C_T_V2", 2.0)):
        assert RaftFlow(RaftParams(weights=name))(pairs(1, 128, 128)).unique() == value
    with pytest.raises(ValueError, match="'best', expected a file that ends in"):
        RaftFlow(RaftParams(weights="best"))


@pytest.mark.usefixtures("fake_torchvision")
def test_weights_must_exist_and_fit(weights: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"missing.pth, which is no file"):
        RaftFlow(RaftParams(weights=str(tmp_path / "missing.pth")))
    with pytest.raises(RuntimeError, match=r"(?s)does not fit torchvision's raft_large.*Set `flow"):
        RaftFlow(RaftParams(weights=weights, size="large"))


@pytest.mark.parametrize(
    "changes", [{"teacher": "raft"}, {"raft": {"weights": "default"}}, {"raft": {"weights": ""}}]
)
def test_random_weights_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"random weights teach nothing|at least 1 character"):
        FlowTargetParams.model_validate({"weight": 1, **changes})


def test_a_missing_torchvision_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(ModuleNotFoundError, match=r"lapa\[raft\].*choose `dis`"):
        import_optical_flow()


def test_a_torchvision_of_another_build_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "torchvision").mkdir()
    broken = 'raise RuntimeError("operator torchvision::nms does not exist")\n'
    (tmp_path / "torchvision/__init__.py").write_text(broken)
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RuntimeError, match=r"nms does not exist.*built for CUDA.*choose `dis`"):
        import_optical_flow()


@pytest.mark.parametrize("size", ["small", "large"])
def test_the_real_network_takes_our_pairs(size: str, tmp_path: Path) -> None:
    try:
        build = getattr(import_optical_flow(), f"raft_{size}")
    except (ModuleNotFoundError, RuntimeError) as error:
        pytest.skip(str(error))
    torch.manual_seed(0)
    path = tmp_path / "random.safetensors"
    save_file(build(weights=None).state_dict(), path)
    teacher = RaftFlow(RaftParams(weights=str(path), size=size, updates=2))
    world = Squares(count=2, seed=0)
    frames = torch.from_numpy(np.stack([world[i]["frames"] for i in range(2)]))
    found = teacher(frames)
    assert found.shape == dis_flow(frames).shape
    assert found.isfinite().all()
    assert found.abs().max() > 0


@pytest.mark.parametrize("name", ["a.safetensors", "a.pt"])
def test_damaged_weights_are_refused_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x80\x04cos\nsystem\n(S'touch ran'\ntR.")
    with pytest.raises(ValueError, match=rf"{name}, which is damaged or holds more than tensors"):
        _read(path)


class Runs:
    """Unpickled, it would make a file."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path("ran"),)


def test_a_pickle_that_runs_something_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"a": Runs()}, tmp_path / "a.pt")
    with pytest.raises(ValueError, match="nothing of it was run"):
        _read(tmp_path / "a.pt")
    assert not (tmp_path / "ran").exists()
