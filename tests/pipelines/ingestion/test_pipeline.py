"""Which nodes an experiment has: a shard set for each dataset it uses, and nothing else."""

from __future__ import annotations

from lapa.params.array_part import ArrayPart
from lapa.params.experiment import DEMO, Experiment
from lapa.pipelines import codes, evaluation, finetune, ingestion

APART = Experiment(watched=("web", "bridge"), labeled="g1", simulated=("tabletop",))


def names(pipeline: object) -> set[str]:
    return {node.name for node in pipeline.nodes}  # type: ignore[attr-defined]


def test_the_demo_watches_what_it_learns_from() -> None:
    made = names(ingestion.create_pipeline(experiment=DEMO))
    assert made == {"tabletop.record_episodes", "tabletop.write_shards", "mix_shards"}


def test_every_simulated_set_is_a_recording_of_its_own() -> None:
    two = Experiment(watched=("video",), labeled="robot", simulated=("video", "robot", "unused"))
    nodes = {node.name: node for node in ingestion.create_pipeline(experiment=two).nodes}
    assert set(nodes) == {
        *(
            f"{name}.{verb}"
            for name in ("video", "robot")
            for verb in ("record_episodes", "write_shards")
        ),
        "mix_shards",
    }
    for name in ("video", "robot"):
        assert f"params:datasets.{name}.recording" in nodes[f"{name}.record_episodes"].inputs
        assert f"{name}.raw_episodes" in nodes[f"{name}.write_shards"].inputs


def test_watched_and_labelled_sets_are_ingested_once_each_and_nothing_is_simulated() -> None:
    pipeline = ingestion.create_pipeline(experiment=APART)
    assert names(pipeline) == {
        "web.write_shards",
        "bridge.write_shards",
        "g1.write_shards",
        "mix_shards",
    }
    (mixing,) = (node for node in pipeline.nodes if node.name == "mix_shards")
    assert [name for name in mixing.inputs if name.endswith("clip_shards")] == [
        "web.clip_shards",
        "bridge.clip_shards",
    ]


def test_policies_learn_and_are_measured_on_the_robots_own_set() -> None:
    for node in finetune.create_pipeline(experiment=APART).nodes:
        assert "g1.clip_shards" in node.inputs
    measured = evaluation.create_pipeline(experiment=APART)
    for node in measured.nodes:
        if node.name.endswith("evaluate_policy"):
            assert "g1.clip_shards" in node.inputs
            assert "mixture" not in node.inputs


def test_without_a_robot_the_page_about_codes_is_the_end() -> None:
    watching = APART.model_copy(update={"labeled": None})
    assert not finetune.create_pipeline(experiment=watching).nodes
    made = names(evaluation.create_pipeline(experiment=watching))
    assert made == {"evaluate_laq", "write_laq_page"}
    assert "g1.write_shards" not in names(codes.create_pipeline(experiment=APART))


def test_a_part_makes_shards_of_what_is_there_and_nothing_else() -> None:
    part = DEMO.model_copy(update={"part": ArrayPart.of_text("3/64")})
    (node,) = ingestion.create_pipeline(experiment=part).nodes
    assert node.name == "tabletop.write_part"
    assert node.outputs == ["tabletop.shard_parts"]
    assert {"tabletop.raw_episodes", "params:part"} <= set(node.inputs)
    assert names(
        ingestion.create_pipeline(experiment=APART.model_copy(update={"part": part.part}))
    ) == {
        "web.write_part",
        "bridge.write_part",
        "g1.write_part",
    }


def test_the_merge_is_the_pipeline_as_it_was_and_lets_go_of_the_parts() -> None:
    merge = DEMO.model_copy(update={"part": ArrayPart.of_text("merge/64")})
    nodes = {node.name: node for node in ingestion.create_pipeline(experiment=merge).nodes}
    assert set(nodes) == names(ingestion.create_pipeline(experiment=DEMO))
    assert "tabletop.shard_parts" in nodes["tabletop.write_shards"].inputs
    assert nodes["tabletop.write_shards"].confirms == ["tabletop.shard_parts"]
    assert "params:part" not in {name for node in nodes.values() for name in node.inputs}


def test_only_what_is_read_by_url_knows_the_cache() -> None:
    far = APART.model_copy(update={"remote": ("web",)})
    nodes = {node.name: node for node in ingestion.create_pipeline(experiment=far).nodes}
    further = {"params:remote", "remote_cache"}
    assert further <= set(nodes["web.write_shards"].inputs)
    assert not further & set(nodes["bridge.write_shards"].inputs)


def test_a_shard_set_that_is_read_as_it_is_has_no_parts() -> None:
    linked = APART.model_copy(update={"remote": ("web",), "linked": ("web",)})
    part = linked.model_copy(update={"part": ArrayPart.of_text("3/64")})
    assert names(ingestion.create_pipeline(experiment=part)) == {
        "bridge.write_part",
        "g1.write_part",
    }
    merge = linked.model_copy(update={"part": ArrayPart.of_text("merge/64")})
    nodes = {node.name: node for node in ingestion.create_pipeline(experiment=merge).nodes}
    assert "web.shard_parts" not in nodes["web.write_shards"].inputs
    assert "bridge.shard_parts" in nodes["bridge.write_shards"].inputs
