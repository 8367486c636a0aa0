"""The JSON in an uploaded file: the file itself, or what a zip holds of it; never more than a cap of it."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import PurePosixPath
from typing import IO

from chat.transfer.refused import Unreadable

BLOCK = 256 * 1024  # bytes
MOST_BYTES = 1024**3  # of JSON, unpacked
MOST_DIRECTORY = (
    4 * 1024**2
)  # bytes of a zip's own list of its files: each entry costs ten times that in memory

_WANTED = re.compile(r"conversations(?:-\d+)?\.json")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_LAST = 66_000  # bytes at the end of a zip in which its end stands

DAMAGED = "The zip file is damaged: it was not written or sent to its end, or was changed on its way."
MISSING = "The zip file holds no conversations.json."
TOO_LARGE = f"The file holds more than {MOST_BYTES // 1024**2:,} MB once it is unpacked."
TOO_MANY = "The zip file holds too many files. Take conversations.json out of it, and import that."
LOCKED = "The zip file is locked by a password, or packed in a way that Parley does not know."


class _Room:
    """What may still be unpacked of an upload: all files in it share it."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise Unreadable("", TOO_LARGE)


def open_json(file: IO[bytes]) -> list[Iterator[bytes]]:
    """The blocks of each JSON file in it, in order; raises Unreadable, then or while they are read."""
    file.seek(0)
    room = _Room()
    if not file.read(4).startswith(_ZIP):
        file.seek(0)
        return [_blocks(file, room)]
    try:
        _must_be_small(file)
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise Unreadable("", DAMAGED) from error
    wanted = [entry for entry in archive.infolist() if _WANTED.fullmatch(PurePosixPath(entry.filename).name)]
    if not wanted:
        raise Unreadable("", MISSING)
    return [_unpacked(archive, entry, room) for entry in sorted(wanted, key=lambda entry: entry.filename)]


def _must_be_small(file: IO[bytes]) -> None:
    """zipfile reads all of the list of files before anybody can ask how long it is."""
    size = file.seek(0, 2)
    file.seek(max(size - _LAST, 0))
    last = file.read()
    end = last.rfind(b"PK\x05\x06")
    if end < 0:
        raise Unreadable("", DAMAGED)
    length = int.from_bytes(last[end + 12 : end + 16], "little")
    if last[max(end - 20, 0) : end].startswith(
        b"PK\x06\x07"
    ):  # zip64: what it says of its list counts instead
        larger = last.rfind(b"PK\x06\x06", 0, end)
        length = int.from_bytes(last[larger + 40 : larger + 48], "little") if larger >= 0 else 2**64
    if length > MOST_DIRECTORY:
        raise Unreadable("", TOO_MANY)
    file.seek(0)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: _Room) -> Iterator[bytes]:
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("", LOCKED)
    try:
        with closing(archive.open(entry)) as file:
            yield from _blocks(file, room)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("", DAMAGED) from error


def _blocks(file: IO[bytes], room: _Room) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        room.take(len(block))
        yield block
