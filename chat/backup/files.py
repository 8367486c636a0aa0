"""Files that are there whole, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def room_beside(file: Path) -> Iterator[Path]:
    """A directory on the same file system, for its owner's eyes only; gone afterwards. Raises OSError."""
    room = Path(tempfile.mkdtemp(dir=file.parent, prefix=f".{file.name}."))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def put(made: Path, file: Path) -> None:
    """Under its name, in place of what was there; it outlasts a power cut. Raises OSError."""
    made.chmod(0o600)
    _sync(made)
    made.replace(file)
    _sync(file.parent)


def owned_like(made: Path, other: Path) -> None:
    """What root restores is to belong to whom the site runs as."""
    if os.geteuid() == 0:
        owner = other.stat()
        os.chown(made, owner.st_uid, owner.st_gid)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
