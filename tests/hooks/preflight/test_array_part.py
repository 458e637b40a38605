"""A part is refused before it begins where it cannot be one."""

from __future__ import annotations

import pytest

from lapa.hooks.preflight.array_part import part_of_run, require_in_parts, require_made_before
from lapa.params.array_part import ArrayPart
from lapa.refused import RefusedError

PART, MERGE = ArrayPart.of_text("3/64"), ArrayPart.of_text("merge/64")


def test_the_command_line_names_the_part() -> None:
    assert part_of_run({"part": "3/64", "run": "r"}) == PART
    assert part_of_run(None) is part_of_run({"run": "r"}) is None
    with pytest.raises(RefusedError, match="part is 3, expected k/n"):
        part_of_run({"part": 3})


@pytest.mark.parametrize("pipelines", [None, ["laq"], ["ingestion", "labeling"], []])
def test_only_ingestion_or_labelling_is_made_in_parts(pipelines: list[str] | None) -> None:
    for part in (PART, MERGE):
        with pytest.raises(RefusedError, match=rf"part={part} with --pipelines=.* alone"):
            require_in_parts(part, pipelines)
    require_in_parts(None, pipelines)
    require_in_parts(PART, ["labeling"])


def test_what_all_parts_read_is_made_first() -> None:
    inputs = {"tabletop.raw_episodes", "params:ingestion", "mixture"}
    with pytest.raises(RefusedError, match=r"made of tabletop\.raw_episodes, which is not there"):
        require_made_before(PART, inputs, exists=lambda name: name == "mixture")
    require_made_before(PART, inputs, exists=lambda name: True)
    require_made_before(MERGE, inputs, exists=lambda name: False)
