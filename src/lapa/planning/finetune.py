"""What stage 3 asks for: the backbone once more, on the labelled part of one robot's episodes."""

from __future__ import annotations

from lapa.params.finetune import FinetuneParams
from lapa.planning.data_size import DataSize
from lapa.planning.needs import StageNeeds


def finetune_needs(params: FinetuneParams, backbone: StageNeeds) -> StageNeeds:
    """Steps and batch of the finetuning, with the operations of a backbone that trains as in stage 2.

    How much of it trains is for `finetune` to say, so weights and memory are not counted.
    """
    trainer = params.trainer
    return StageNeeds(
        stage="finetune",
        parameters=backbone.parameters,
        trained=None,
        devices=trainer.devices,
        nodes=trainer.nodes,
        batch=trainer.batch_size * trainer.devices * trainer.nodes,
        steps=trainer.max_steps,
        tokens=backbone.tokens,
        flops=backbone.flops,
        image_size=backbone.image_size,
    )


def labeled_part(params: FinetuneParams, robot: DataSize) -> DataSize:
    """The episodes of the robot's set whose actions may be seen."""
    share = params.labeled_fraction or 1.0
    episodes = min(robot.episodes, params.labeled_episodes or round(robot.episodes * share) or 1)
    return DataSize(
        name=robot.name,
        origin=robot.origin,
        episodes=episodes,
        frames=round(robot.frames * episodes / robot.episodes),
        fps=robot.fps,
        image_size=robot.image_size,
    )
