"""Which files are asked for, whether the model can fill them, and writing them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lapa.folders.whole_file import write_whole
from lapa.inference.inputs.recording import Recording
from lapa.inference.overlay.video import OverlayVideo
from lapa.inference.predict import Batch
from lapa.inference.predictors.policy import PolicyPredictor
from lapa.inference.predictors.predictor import Predictor
from lapa.inference.predictors.quantizer import QuantizerPredictor
from lapa.inference.result import Prediction
from lapa.inference.writers.json_text import to_json
from lapa.inference.writers.npz_file import write_npz
from lapa.inference.writers.picture_strip import draw_strip
from lapa.refused import RefusedError

TABLES: Final = (".json", ".npz")


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Files to write."""

    files: tuple[Path, ...] = ()
    """JSON and NPZ, told by their suffix."""
    overlay: Path | None = None
    """Video of frames with the actions beside them."""
    strip: Path | None = None
    """Picture of pairs and decoded futures."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them."""
        return (*self.files, *(path for path in (self.overlay, self.strip) if path is not None))

    def require_fit(self, predictor: Predictor) -> None:
        """Refuse files that this model cannot fill, before anything is computed.

        Raises:
            RefusedError: another suffix is expected, or another kind of model.
        """
        for path in self.files:
            _require_suffix("--out", path, TABLES)
        if self.overlay is not None:
            _require_suffix("--overlay", self.overlay, (".mp4",))
            _require_model("--overlay", predictor, PolicyPredictor, "a policy, which has actions")
        if self.strip is not None:
            _require_suffix("--strip", self.strip, (".png",))
            _require_model("--strip", predictor, QuantizerPredictor, "a quantiser, which draws")

    @contextmanager
    def drawing(
        self, predictor: Predictor, recordings: Sequence[Recording], *, every: int
    ) -> Iterator[Callable[[Batch], None]]:
        """Draw the overlay while frames are predicted: yields what is to see every batch."""
        for path in self.paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        if self.overlay is None:
            yield lambda batch: None
            return
        rate = recordings[0].fps
        fps = None if rate is None else rate / every
        with OverlayVideo(self.overlay, predictor.facts()["dimensions"], fps=fps) as video:
            yield video.add

    def write(
        self, predictor: Predictor, recordings: Sequence[Recording], prediction: Prediction
    ) -> None:
        """Write tables and strip."""
        for path in self.files:
            if path.suffix.lower() == ".npz":
                write_npz(path, prediction)
            else:
                write_whole(path, to_json(prediction))
        if self.strip is not None and isinstance(predictor, QuantizerPredictor):
            draw_strip(predictor, recordings, prediction).save(self.strip)


def _require_suffix(option: str, path: Path, expected: Sequence[str]) -> None:
    if path.suffix.lower() not in expected:
        raise RefusedError(f"{option} {path}: expected a file that ends in {' or '.join(expected)}")


def _require_model(option: str, model: Predictor, kind: type[Predictor], expected: str) -> None:
    if not isinstance(model, kind):
        actual = model.facts()["model"]["kind"]
        raise RefusedError(f"{option}: found a model of kind {actual!r}, expected {expected}")
