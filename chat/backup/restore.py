"""A backup in the place of the site: all of it, or the site is as it was."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from chat.backup import archive, files, in_use, postgres, rows, secret_key, sqlite
from chat.backup.archive import Archive
from chat.backup.errors import Refused, Unfinished
from chat.backup.manifest import DATABASE, Manifest
from chat.models import Action, AuditEntry, User

STAGED = "parley.sqlite3"  # as a site's own, so that Parley's commands can be given it


@dataclass(frozen=True)
class Restored:
    """`remark` says why the backup's sessions may not hold; empty where they do."""

    manifest: Manifest
    remark: str


def restore(file: Path, *, force: bool = False) -> Restored:
    """Put what the file holds in the place of the site; with `force` also where that has users.

    A process that is killed meanwhile leaves the old site or the new one. Raises Refused, with the old one
    in place, and Unfinished, with the new one.
    """
    try:
        with archive.opened(file) as backup, in_use.held_for_restoring():
            _must_be_readable_here(backup.manifest)
            _must_be_free()
            if not force:
                _must_have_no_users()
            with files.room_beside(settings.DATA_DIR / in_use.ROOM) as room:
                restored = _restore(backup, room)
            _finish(restored.manifest)
            return restored
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise Refused(f"The backup cannot be restored: {error.strerror}{where}.") from error
    except DatabaseError as error:
        raise Refused(f"The database does not answer: {error}") from error


def _restore(backup: Archive, room: Path) -> Restored:
    manifest, staged, keys = backup.manifest, room / STAGED, _keys_of(backup, room / "keys")
    backup.take_out(DATABASE, staged)
    if manifest.database == "sqlite":
        sqlite.must_be_whole(staged)
        _bring_up_to_date(manifest, staged)
    with secret_key.both_believed(keys):
        if connection.vendor == "sqlite":
            sqlite.put(staged)
        elif manifest.database == "sqlite":
            rows.move(staged)
        else:
            postgres.load(staged)
    return Restored(manifest, _remark(keys))


def _finish(manifest: Manifest) -> None:
    try:
        call_command("migrate", verbosity=0)
        AuditEntry.objects.record_at_console(Action.IMPORTED, detail=f"the backup of {manifest.moment}")
    except DatabaseError as error:
        raise Unfinished(f"The backup is in place, but cannot be brought up to date: {error}") from error


def _remark(keys: list[str]) -> str:
    if not keys:
        return (
            "The secret key stood in the environment there, and is not in the backup: "
            "without the same SECRET_KEY here everybody has to log in again."
        )
    if secret_key.comes_from_environment() and settings.SECRET_KEY not in keys:
        return (
            "SECRET_KEY is set in the environment here, and is not the backup's key: "
            "everybody has to log in again, unless you take it away."
        )
    return ""


def _keys_of(backup: Archive, to: Path) -> list[str]:
    if backup.manifest.part(secret_key.NAME):
        backup.take_out(secret_key.NAME, to)
    return secret_key.keys_in(to)


def _must_be_readable_here(manifest: Manifest) -> None:
    if manifest.database == "postgresql" and connection.vendor == "sqlite":
        raise Refused(
            "The backup is of a PostgreSQL database: set DATABASE_URL to an empty one. "
            "Chats alone go everywhere with exportchats and importchats."
        )
    known = MigrationLoader(None).disk_migrations or {}
    if unknown := [item for item in manifest.migrations.items() if item not in known]:
        raise Refused(
            f"The backup was made by a newer Parley ({manifest.parley}; this is {settings.VERSION}), "
            f"which has changed the database by {'.'.join(unknown[0])}: restore it with that one."
        )


def _must_be_free() -> None:
    (postgres if connection.vendor == "postgresql" else sqlite).must_be_free()


def _must_have_no_users() -> None:
    """Raises Refused also where nobody can tell, since the database is broken."""
    try:
        there = User._meta.db_table in connection.introspection.table_names()
        users = User.objects.count() if there else 0
    except DatabaseError as error:
        raise Refused(f"The database that is here cannot be read ({error}): --force replaces it.") from error
    if users:
        raise Refused(
            f"The site that is here has {users:,} user{'s' * (users > 1)}: --force puts the backup in its place."
        )


def _bring_up_to_date(manifest: Manifest, staged: Path) -> None:
    """Before it is anybody's site, so that a migration that fails changes nothing."""
    if manifest.migrations == _last_migrations():
        return
    done = subprocess.run(  # nosec B603 # our own interpreter and our own arguments
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATA_DIR": str(staged.parent), "DATABASE_URL": ""},
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        said = "".join(done.stderr.strip().splitlines()[-1:])
        raise Refused(f"The backup's database cannot be brought up to date: {said}")


def _last_migrations() -> dict[str, str]:
    return dict(sorted(MigrationLoader(None).disk_migrations or ()))
