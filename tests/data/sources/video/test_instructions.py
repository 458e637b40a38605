"""Captions as editors save them: every encoding read or shown, absurd ones refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lapa.data.bad_input import BadInputError, BadInputs, BadRecord
from lapa.data.episode import Episode
from lapa.data.sources import open_source
from lapa.data.sources.base.text_file import read_text
from toys.videos import write_gray_video

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        write_gray_video(tmp_path / f"{name}.mp4")
    return tmp_path


def read(folder: Path) -> tuple[dict[str, str], list[BadRecord]]:
    report = BadInputs()
    found: list[Episode] = list(open_source("video_folder", folder, report=report))
    return {e.episode_id: e.instruction for e in found}, report.records


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("suffix", [".txt", ".TXT"])
def test_a_text_beside_a_recording(folder: Path, encoding: str, end: str, suffix: str) -> None:
    text = f"öffne die Schublade 手{end}"
    (folder / f"a{suffix}").write_bytes(text.encode(encoding))
    assert read(folder) == ({"a": "öffne die Schublade 手", "b": "", "c": ""}, [])


@pytest.mark.parametrize("big_endian", [False, True])
def test_byte_order_is_read_from_the_mark(folder: Path, big_endian: bool) -> None:
    encoding = "utf-16-be" if big_endian else "utf-16-le"
    (folder / "a.txt").write_bytes("\ufeffopen it".encode(encoding))
    assert read(folder)[0]["a"] == "open it"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables(folder: Path, encoding: str, delimiter: str, end: str) -> None:
    lines = ["file_name,caption", 'a.mp4,"open the', 'drawer"', "b.mp4,pour it", "c.mp4,"]
    table = end.join(line.replace(",", delimiter) for line in lines) + end
    (folder / "captions.csv").write_bytes(table.encode(encoding))
    texts, records = read(folder)
    assert (texts["a"].split(), texts["b"], texts["c"]) == (
        ["open", "the", "drawer"],
        "pour it",
        "",
    )
    assert not records


def test_headers_of_any_case(folder: Path) -> None:
    (folder / "captions.csv").write_text("Video, Caption\na.mp4,open it\n")
    assert read(folder)[0]["a"] == "open it"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_mappings(folder: Path, encoding: str) -> None:
    (folder / "captions.json").write_bytes(json.dumps({"a.mp4": "open it"}).encode(encoding))
    assert read(folder)[0]["a"] == "open it"


def test_other_encodings_are_shown_byte_by_byte_and_noted(folder: Path) -> None:
    (folder / "a.txt").write_bytes("café".encode("latin-1"))
    episode = next(open_source("video_folder", folder))
    assert episode.instruction == r"caf\xe9"
    assert any("not UTF-8" in note for note in episode.provenance["notes"])


def test_a_caption_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "a.txt").write_bytes("open it".encode("utf-16-le"))  # no mark: nobody says what it is
    texts, records = read(folder)
    assert texts == {"b": "", "c": ""}
    assert [(r.item, r.reason) for r in records] == [("a.mp4", "unreadable_text")]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", "[" * 100_000, "unreadable_instructions"),
        ("a.json", '{"caption": ' * 50_000, "unreadable_instructions"),
        ("a.json", '{"caption": "open', "unreadable_instructions"),
        ("a.json", '{"n": ' + "9" * 5000 + "}", "unreadable_instructions"),
        ("a.txt", "x" * (2 << 20), "absurd_dimensions"),
        ("a.json", " " * (2 << 20) + "{}", "absurd_dimensions"),
        ("a.txt", "x" * 100_000, "absurd_text"),
        ("a.csv", "caption\n" + "x" * 200_000, "unreadable_instructions"),
    ],
    ids=["deep list", "deep object", "cut", "number", "long text", "large json", "book", "csv"],
)
def test_an_absurd_caption_costs_its_recording_only(
    folder: Path, name: str, content: str, reason: str
) -> None:
    (folder / name).write_text(content)
    texts, records = read(folder)
    assert set(texts) == {"b", "c"}
    assert [record.reason for record in records] == [reason]
    assert records[0].item.startswith("a")


def test_deep_lists_that_parse_are_no_trap(folder: Path) -> None:
    (folder / "a.json").write_text('{"caption": ' + "[" * 900 + '"x"' + "]" * 900 + "}")
    texts, records = read(folder)
    assert texts.get("a", "x") == "x"
    assert len(texts) + len(records) == 3


def test_a_broken_mapping_costs_its_texts_only_and_is_named(folder: Path) -> None:
    (folder / "captions.json").write_text("[" * 100_000)
    (folder / "labels.csv").mkdir()
    texts, records = read(folder)
    assert texts == {"a": "", "b": "", "c": ""}
    assert [Path(record.item).name for record in records] == ["captions.json", "labels.csv"]
    with pytest.raises(BadInputError, match=r"captions\.json"):
        list(open_source("video_folder", folder))


def test_hidden_twins_of_mappings_are_not_read(folder: Path) -> None:
    (folder / "captions.json").write_text('{"a": "open it"}')
    (folder / "._captions.json").write_bytes(bytes(200))
    assert read(folder) == ({"a": "open it", "b": "", "c": ""}, [])


def test_no_more_is_read_than_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 100)
    assert read_text(tmp_path / "a.txt", max_bytes=100).text == "x" * 100
    with pytest.raises(BadInputError, match="100 bytes, expected at most 99"):
        read_text(tmp_path / "a.txt", max_bytes=99)
