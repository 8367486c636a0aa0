"""A backup while the site runs: nobody waits for it, and it is of one moment."""

import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from chat.backup import archive, files, postgres, secret_key, sqlite
from chat.backup.errors import Refused
from chat.backup.manifest import DATABASE, Manifest
from chat.models import Action, AuditEntry, User


def make(file: Path, *, force: bool = False) -> int:
    """Write the whole site to a file, in place of another one with `force`; its size in bytes.

    Raises Refused where that cannot be; a file that was there is as it was then.
    """
    if file.exists() and not file.is_file():
        raise Refused(f"{file} is no place for a file.")
    if file.exists() and not force:
        raise Refused(f"{file} is there already: --force writes over it.")
    try:
        with files.room_beside(file) as room:
            manifest = _manifest()
            parts = {DATABASE: _copy_of_database(room / DATABASE)}
            if key := secret_key.kept():
                parts[secret_key.NAME] = key
            made = room / file.name
            archive.write(made, manifest, parts)
            AuditEntry.objects.record_at_console(Action.EXPORTED, detail="a backup of the whole site")
            files.put(made, file)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from error
    except DatabaseError as error:
        raise Refused(f"The database does not answer: {error}") from error
    return file.stat().st_size


def _manifest() -> Manifest:
    if User._meta.db_table not in connection.introspection.table_names():
        raise Refused("There is no site yet: Parley makes its database when it is started.")
    last = dict(sorted(MigrationRecorder(connection).applied_migrations()))
    return Manifest(
        parley=settings.VERSION,
        database=connection.vendor,
        migrations=last,
        made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )


def _copy_of_database(to: Path) -> Path:
    (postgres.dump if connection.vendor == "postgresql" else sqlite.copy)(to)
    return to
