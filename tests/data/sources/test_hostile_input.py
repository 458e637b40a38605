"""Input that was made to do harm is refused by name, in little memory, and costs nothing but itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from lapa.cli.ingest import ingest
from lapa.data.bad_input import BadInputError, BadInputs, SettingsError
from lapa.data.sources.base.json_text import parsed_bytes
from lapa.data.sources.registry import open_source
from toys.hostile import ATTACKS, Attack, read_attack
from toys.hostile.memory import peak_megabytes
from toys.hostile.texts import control_characters, npz_header
from toys.videos import write_gray_video

MEGABYTES = 250
"""No attack may take more, whatever it promises; the largest is a text of 57 MB that is read."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_refused_by_name_within_bounded_memory(attack: Attack, source: Path) -> None:
    attack.build(source)
    outcome, megabytes = peak_megabytes(lambda: read_attack(attack, source))
    if attack.reason:
        records = [record for record in outcome.records if record.reason == attack.reason]
        assert records, outcome
        assert all(part.isprintable() for part in (records[0].item, records[0].source))
        assert "adapter_error" not in {record.reason for record in outcome.records}
    else:
        assert "fields.yml" in outcome.refused
    assert megabytes < MEGABYTES


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.kind == "video_folder"], ids=lambda attack: attack.name
)
def test_the_other_recordings_are_read(attack: Attack, source: Path) -> None:
    write_gray_video(source / "a.mp4", 4)
    attack.build(source)
    assert read_attack(attack, source).episodes >= 1


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_without_skipping_it_stops_with_one_sentence(attack: Attack, source: Path) -> None:
    attack.build(source)
    options = [
        f"--option={name}={source / str(value) if name == 'fields' else value}"
        for name, value in attack.options.items()
    ]
    out = source.with_name("out")
    result = CliRunner().invoke(ingest, [attack.kind, str(source), str(out), *options])
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1
    assert attack.reason in lines[0]
    assert "Traceback" not in result.output


def test_skipped_and_counted_by_the_command(source: Path) -> None:
    write_gray_video(source / "a.mp4", 60)
    control_characters(source)
    out = source.with_name("out")
    arguments = ["video_folder", str(source), str(out), "--skip-bad", "--set", "split.by=time"]
    result = CliRunner().invoke(ingest, arguments)
    assert result.exit_code == 0, result.output
    assert "skipped: 1 (empty_video 1)" in result.output
    assert "\x1b" not in result.output


def test_the_message_names_the_file_and_the_remedy(source: Path) -> None:
    npz_header(source)
    with pytest.raises(
        BadInputError, match=r"b\.npz: actions\.npy: the header says .* its header lies"
    ):
        list(open_source("video_with_arrays", source))


def test_an_honest_large_text_is_still_read(source: Path) -> None:
    """A mapping file of the shape of Something-Something-v2's stays far below the limit."""
    entry = '{"id": "78687", "label": "holding potato next to vicks vaporub bottle", "placeholders": ["a"]},'
    assert parsed_bytes(entry * 1000) * 169 < 1 << 29


def test_a_sound_array_file_is_read_and_may_be_written_to(source: Path) -> None:
    write_gray_video(source / "a.mp4", 4)
    np.savez_compressed(source / "a.npz", actions=np.asfortranarray(np.arange(8.0).reshape(4, 2)))
    (episode,) = open_source("video_with_arrays", source, report=BadInputs())
    assert episode.actions is not None
    assert episode.actions.tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert episode.actions.flags.writeable


def test_a_program_in_a_field_map_does_not_run(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(source)
    attack = next(attack for attack in ATTACKS if "YAML tag" in attack.name)
    attack.build(source)
    with pytest.raises(SettingsError, match="python/object/apply"):
        list(open_source("video_with_arrays", source, fields=str(source / "fields.yml")))
    assert not (source / "ran").exists()
