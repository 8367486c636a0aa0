"""Who has the site on this machine: any number of processes that serve it, or one that restores it.

The kernel keeps the lock for as long as one process of them lives, however they end.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from chat.backup.errors import Refused

ROOM = "restored"  # in DATA_DIR; where a backup is taken apart


def hold_for_serving() -> None:
    """Hold it until this process and its children are gone; exec does not let go. Raises Refused."""
    lock = _open()
    os.set_inheritable(lock, True)
    if not _take(lock, fcntl.LOCK_SH):
        os.close(lock)
        raise Refused("A backup is being restored here. Start Parley when that has ended.")


@contextmanager
def held_for_restoring() -> Iterator[None]:
    """Raises Refused where somebody else holds it."""
    lock = _open()
    try:
        if not _take(lock, fcntl.LOCK_EX):
            raise Refused(f"Parley is running with the data in {settings.DATA_DIR}: stop it first.")
        for left in settings.DATA_DIR.glob(f".{ROOM}.*"):  # by one that was killed
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(lock)


def _open() -> int:
    return os.open(settings.DATA_DIR / "in-use", os.O_RDWR | os.O_CREAT, 0o600)


def _take(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
