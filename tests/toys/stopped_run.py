"""A command that takes minutes, to be stopped: `stopped_run.py PROJECT sleep|lightning|side_by_side`; writes PROJECT/started."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

from kedro.pipeline import Node, Pipeline

from toys.hooked_project import HookedProject


def sleep(started: str) -> int:
    Path(started).touch()
    time.sleep(60)
    return 0


def lightning(started: str) -> int:
    import pytorch_lightning as pl
    from pytorch_lightning.demos.boring_classes import BoringModel

    class Endless(BoringModel):
        def on_train_batch_end(self, *args: object) -> None:
            Path(started).touch()

    trainer = pl.Trainer(
        max_epochs=-1,
        max_time={"minutes": 3},  # should the test that stops it be stopped first
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        limit_val_batches=0,
    )
    trainer.fit(Endless())
    return 0


if __name__ == "__main__":
    # background jobs of a shell ignore Ctrl-C, and so would this child of tests that run as one
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    work = lightning if kind == "lightning" else sleep
    node = Node(work, "started", "model", name="train")
    HookedProject(folder).run(
        Pipeline([node], namespace="lapa", inputs="started"),
        side_by_side=kind == "side_by_side",
        started=f"{folder}/started",
    )
