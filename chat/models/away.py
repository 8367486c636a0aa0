"""A database that does not answer: gone, locked, full, read-only, or its connection cut."""

from django.db import InterfaceError, InternalError, OperationalError

# PostgreSQL tells of a read-only server, and of a transaction that idled for too long, by an InternalError.
DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)
