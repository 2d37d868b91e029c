"""Cuts off the debugging symbols of shared libraries: `python strip_libraries.py FOLDER`. Wheels bring 30 MB of them.

Nothing is loaded beyond the last segment that the program headers name (elf(5)); the table of sections, which tells a
debugger what lies there, goes with it. What is no 64-bit little-endian ELF file stays as it is.
"""

import struct
import sys
from pathlib import Path

HEADS = "<32xQ14xHH"  # of the ELF header: where the program headers are, how large, how many
SECTIONS = (slice(40, 48), slice(60, 64))  # and where the table of sections is, how many, which holds their names


def stripped(library: bytes) -> bytes:
    """The library up to the end of its last segment."""
    if library[:6] != b"\x7fELF\x02\x01":
        return library
    first, size, count = struct.unpack_from(HEADS, library)
    segments = (struct.unpack_from("<8xQ16xQ", library, first + number * size) for number in range(count))
    kept = bytearray(library[: max(offset + length for offset, length in segments)])
    for place in SECTIONS:
        kept[place] = bytes(place.stop - place.start)
    return bytes(kept)


if __name__ == "__main__":
    for path in Path(sys.argv[1]).rglob("*.so*"):
        if path.is_file() and not path.is_symlink():
            path.write_bytes(stripped(path.read_bytes()))
