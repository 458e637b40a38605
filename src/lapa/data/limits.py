"""How much of a source is believed: all limits on untrusted input, and why each is what it is.

A file that asks for more is a bad input (`lapa.data.bad_input`), refused by name before memory is spent on it.
They are far above what recordings hold and below what a machine of 8 GB can bear; docs/hostile-input.md
has the memory that was measured at each.
"""

from __future__ import annotations

from typing import Final

MAX_PIXELS: Final = 4096 * 4096
"""Of a picture, by its header: above any camera of a robot; 50 MB decoded. Adapters take it as `max_pixels`."""

MAX_IMAGE_BYTES: Final = 128 << 20
"""Of a JPEG or PNG file: `MAX_PIXELS` of noise as a 16-bit PNG are 100 MB, and it is read whole."""

MAX_FRAMES: Final = 10_000_000
"""Of one recording: four days at 30 Hz. A few bytes are kept per frame; more is a corrupt length."""

MAX_ROWS: Final = MAX_FRAMES
"""Of actions or states: one per frame."""

MAX_DIMENSIONS: Final = 4096
"""Of an action or state: wider rows are an image or a corrupt header, never an action."""

MAX_VALUES: Final = 1 << 26
"""Of actions or states of one recording, 268 MB as float32: a day and a half of 14 joints at 30 Hz."""

DECODED_BYTES: Final = 16 << 20
"""Of frames decoded at a time; large pictures are decoded in shorter runs, which also stay in the processor's cache."""

MAX_INSTRUCTION: Final = 1 << 16
"""Characters; a longer text is a document that lies in the wrong place."""

MAX_CAPTION_BYTES: Final = 1 << 20
"""Of a file with the text of one recording."""

MAX_MAPPING_BYTES: Final = 256 << 20
"""Of a file with the texts of all recordings; Something-Something-v2 has 40 MB."""

MAX_SIDE_FILE_BYTES: Final = 64 << 20
"""Of a JSON file with the arrays of one recording; longer recordings belong into NPZ."""

MAX_INFO_BYTES: Final = 64 << 20
"""Of a file that describes a whole dataset; ``dataset_info.json`` lists the length of every shard."""

MAX_LINE_BYTES: Final = 16 << 20
"""Of one line of a JSON-lines file; LeRobot writes one short line per episode."""

MAX_JSON_MEMORY: Final = 1 << 30
"""Parsed, by an estimate from the text: brackets cost up to fifty times their size, plain texts once."""

MAX_NPZ_BYTES: Final = 1 << 30
"""Of all arrays of an NPZ file, unpacked: they are held in memory; a zip packs zeros a thousandfold."""

MAX_YAML_BYTES: Final = 1 << 20
"""Of a field map, which people write by hand."""

MAX_YAML_NODES: Final = 100_000
"""Values of a YAML text after every alias is written out; a bomb of aliases has billions in a few lines."""

MAX_RECORD_BYTES: Final = 1 << 30
"""Of one tfrecord record, which is read whole; protobuf itself allows twice as much."""

MAX_PARTS: Final = 1 << 20
"""Of a list in a tfrecord record whose values stand one by one, as images and texts do: nine hours at 30 Hz."""

MAX_VARINT_BYTES: Final = 16 << 20
"""Of the whole numbers of one field of a record; unpacking takes forty times as much for a moment."""

MAX_CHUNK_BYTES: Final = 256 << 20
"""Of one HDF5 chunk, unpacked: one frame of it costs the whole chunk."""

MAX_LINKS: Final = 16
"""Links and virtual datasets of an HDF5 file followed in a row; more is a loop."""

MAX_TABLE_BYTES: Final = 1 << 30
"""Of the parquet row groups read together, unpacked: lerobot writes files of 100 MB."""
