"""A SQLite database: copied while others write, and put in the place of another."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from django.db import DatabaseError, connection

from chat.backup import files
from chat.backup.errors import Refused

PATIENCE = 3.0  # s for somebody who is just letting go of the database
BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BESIDE = ("-wal", "-shm")  # what SQLite keeps next to a database that is in use


def copy(to: Path) -> None:
    """Of one moment, for which nobody is kept waiting; what was deleted is not in it. Raises Refused."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(to)])
    except DatabaseError as error:
        raise Refused(f"The database cannot be copied: {error}.") from error


def must_be_whole(file: Path) -> None:
    """Raises Refused where it is no database, or one with faults."""
    try:
        with closing(sqlite3.connect(file)) as opened:
            ((said,), *_) = opened.execute("PRAGMA quick_check(1)")
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise Refused(f"The database in the backup is damaged: {said}.")


def must_be_free() -> None:
    """Raises Refused while anybody has the site's database open."""
    connection.close()
    _leave_alone(_place())


def put(made: Path) -> None:
    """In the place of the site's database, in one step. Raises Refused and OSError."""
    connection.close()
    place = _place()
    files.owned_like(made, place.parent)
    _leave_alone(made)
    _leave_alone(place)
    # A log that a broken database left behind would be taken for the new one's.
    for name in BESIDE:
        Path(f"{place}{name}").unlink(missing_ok=True)
    files.put(made, place)


def _place() -> Path:
    return Path(os.fspath(connection.settings_dict["NAME"]))


def _leave_alone(file: Path) -> None:
    """Make it one file without a log beside it, which SQLite does only for whoever has it alone."""
    patient_until = time.monotonic() + PATIENCE
    while file.exists():
        try:
            with closing(sqlite3.connect(file)) as opened:
                opened.execute("PRAGMA journal_mode=DELETE").fetchall()
            return
        except sqlite3.DatabaseError as error:
            code = error.sqlite_errorcode & 0xFF
            if code in BROKEN:
                return
            if code != sqlite3.SQLITE_BUSY:
                raise Refused(f"{file} cannot be opened: {error}.") from error
            if time.monotonic() > patient_until:
                raise Refused(f"Somebody has {file} open: end every program that uses it first.") from error
        time.sleep(0.1)  # SQLite itself does not wait where a log is to go
