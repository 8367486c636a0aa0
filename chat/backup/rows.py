"""The rows of a SQLite database into PostgreSQL: how a site that has grown moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Model

from chat.backup.errors import Refused
from chat.backup.postgres import EMPTY

OLD = "backup"  # the connection to what is read
BLOCK = 100  # rows in memory at once; those of an upload are large


def move(file: Path) -> None:
    """Put them in the place of everything in the database, in one transaction.

    The file is as this version of Parley has it. Raises Refused where PostgreSQL does not take a row.
    """
    with _opened(file), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(EMPTY)
        call_command("migrate", verbosity=0)
        models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
        for model in models:  # of what migrations made by themselves
            model._base_manager.all().delete()
        for model in models:
            _copy(model)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


def _copy(model: type[Model]) -> None:
    """As they are: what a save would write by itself, such as the time, is not written anew."""
    rows = model._base_manager.using(OLD).order_by("pk").iterator(chunk_size=BLOCK)
    fields = model._meta.local_concrete_fields
    try:
        while block := list(islice(rows, BLOCK)):
            model._base_manager.all()._insert(block, fields=fields, using="default", raw=True)  # type: ignore[attr-defined]
    except (DatabaseError, ValueError) as error:
        raise Refused(f"PostgreSQL does not take a row of {model._meta.db_table}: {error}") from error


@contextmanager
def _opened(file: Path) -> Iterator[None]:
    own = connections["default"].settings_dict
    connections.databases[OLD] = {
        **own,
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {},
        "CONN_HEALTH_CHECKS": False,
    }
    try:
        yield
    finally:
        connections[OLD].close()
        del connections[OLD], connections.databases[OLD]
