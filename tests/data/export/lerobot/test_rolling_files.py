"""Files of an export roll over when they are full, and only the last is open."""

from __future__ import annotations

from io import FileIO
from pathlib import Path

from lapa.data.export.lerobot.rolling_files import RollingFiles


def test_a_full_file_is_closed_and_the_next_begins(tmp_path: Path) -> None:
    opened: list[FileIO] = []

    def open_file(path: Path) -> FileIO:
        opened.append(FileIO(path, "w"))
        return opened[-1]

    files = RollingFiles(
        limit_mb=1, path_of=lambda number: tmp_path / f"chunk/{number}", open_file=open_file
    )
    numbers = []
    for _ in range(5):
        files.current().write(bytes(600_000))
        numbers.append(files.number)
    files.close()
    assert numbers == [0, 0, 1, 1, 2]
    assert all(file.closed for file in opened)
    assert [path.stat().st_size for path in sorted((tmp_path / "chunk").iterdir())] == [
        1_200_000,
        1_200_000,
        600_000,
    ]
