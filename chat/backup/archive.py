"""The file: a ZIP of the parts, and a manifest with the hash of each."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from chat.backup.errors import Refused
from chat.backup.manifest import Manifest, Part, parse, render

MANIFEST = "manifest.json"
DAMAGED = (KeyError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)  # what zipfile says of it
BLOCK = 1024 * 1024  # bytes in memory at once
QUICK = 1  # of zlib's levels: the next ones take twice the time for a tenth less


class Archive:
    """A backup that is read."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        if MANIFEST not in opened.namelist():
            raise Refused("This is a ZIP file, but no backup of Parley: it has no manifest.")
        try:
            self.manifest = parse(opened.read(MANIFEST))
        except DAMAGED as error:
            raise Refused("The backup is damaged: what it says of itself cannot be read.") from error

    def take_out(self, name: str, to: Path) -> None:
        """Write a part to a file; raises Refused where it is not what the manifest says, OSError as files do."""
        said = self.manifest.part(name)
        try:
            with self._zip.open(name) as packed, to.open("xb") as out:
                found = _copied(name, packed, out)
        except DAMAGED as error:
            raise Refused(f"The backup is damaged: its {name} cannot be read.") from error
        if found != said:
            raise Refused(f"The backup is damaged: its {name} is not what was written.")


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Raises Refused where it is something else, OSError where it cannot be read."""
    try:
        packed = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise Refused(f"{file} is no backup of Parley, or its end is missing.") from error
    with packed:
        yield Archive(packed)


def write(file: Path, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    """Raises OSError."""
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as packed:
        written = tuple(_pack(packed, name, part) for name, part in parts.items())
        packed.writestr(MANIFEST, render(replace(manifest, parts=written)))


def _pack(packed: zipfile.ZipFile, name: str, part: Path) -> Part:
    with part.open("rb") as whole, packed.open(name, "w", force_zip64=True) as out:
        return _copied(name, whole, out)


def _copied(name: str, source: IO[bytes], out: IO[bytes]) -> Part:
    size, digest = 0, hashlib.sha256()
    while block := source.read(BLOCK):
        out.write(block)
        digest.update(block)
        size += len(block)
    return Part(name, size, digest.hexdigest())
