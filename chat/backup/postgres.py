"""A PostgreSQL database: dumped while others write, and put in the place of another in one transaction."""

import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

import psycopg
from django.db import connection

from chat.backup.errors import Refused
from chat.backup.programs import Programs, address_and_password, programs

PATIENCE = 3.0  # s for connections of programs that have just ended
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# Also what a later version of Parley made, which the backup does not know; what extensions made stays.
EMPTY = """
    DO $$ DECLARE it text; BEGIN
        FOR it IN SELECT format('DROP TABLE %s CASCADE', c.oid::regclass) FROM pg_class c
            WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT EXISTS
                (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
        LOOP EXECUTE it; END LOOP;
        FOR it IN SELECT format('DROP ROUTINE %s CASCADE', p.oid::regprocedure) FROM pg_proc p
            WHERE pronamespace = current_schema()::regnamespace AND NOT EXISTS
                (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
        LOOP EXECUTE it; END LOOP;
    END $$;
"""


def dump(to: Path) -> None:
    """Of one moment, for which nobody is kept waiting. Raises Refused, and DatabaseError when it is away."""
    own = programs()
    command = own.command("pg_dump", "--format=custom", "--no-owner", "--no-privileges")
    command += ["--dbname", own.address, "--file", str(to)]
    done = subprocess.run(command, env=own.environment, stderr=subprocess.PIPE)  # nosec B603 # PostgreSQL's own
    if done.returncode:
        raise Refused(f"The database cannot be copied: {_reason(done.stderr)}")


def must_be_free() -> None:
    """Raises Refused while anybody else is connected to the database, from whatever machine."""
    patient_until = time.monotonic() + PATIENCE
    while others := _others():
        if time.monotonic() > patient_until:
            raise Refused(
                f"The database has {others} connection{'s' * (others > 1)} of others: "
                "stop Parley on every machine, and other programs that use the database."
            )
        time.sleep(0.2)


def load(dumped: Path) -> None:
    """Put it in the place of everything in the database: all of it in one transaction, or nothing.

    psql gets the COMMIT only when all has been read. Where this process dies before that, it rolls back.
    """
    own = programs()
    connection.close()
    with tempfile.TemporaryFile() as wrong:
        command = own.command("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-")
        with subprocess.Popen(  # nosec B603 # PostgreSQL's own
            [*command, "--dbname", own.address],
            env=own.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=wrong,
        ) as psql:
            read = _feed(own, dumped, cast(IO[bytes], psql.stdin))
        wrong.seek(0)
        if psql.returncode or read.returncode:
            reason = _reason(wrong.read()) or _reason(read.stderr)
            raise Refused(f"The backup cannot be read into the database: {reason}")


def _feed(own: Programs, dumped: Path, psql: IO[bytes]) -> "subprocess.CompletedProcess[bytes]":
    """It ends early where psql does, whose words say why."""
    command = own.command("pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dumped))
    with suppress(BrokenPipeError):
        psql.write(f"BEGIN; SET LOCAL client_min_messages = warning; {EMPTY}".encode())
        psql.flush()
    read = subprocess.run(command, stdout=psql, stderr=subprocess.PIPE)  # nosec B603 # as above
    if not read.returncode:
        with suppress(BrokenPipeError):
            psql.write(b"COMMIT;\n")
            psql.flush()
    return read


def _others() -> int:
    """By a connection of its own: how many there are in Django's pool, nobody knows."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    address, password = address_and_password()
    with connection.wrap_database_errors, psycopg.connect(address, password=password or None) as alone:
        ((others,),) = alone.execute(OTHERS).fetchall()
    return int(others)


def _reason(said: bytes) -> str:
    """The first line that tells an error, without the name of the program."""
    lines = said.decode(errors="replace").strip().splitlines()
    return next((line for line in lines if "error" in line.lower()), "".join(lines[:1]))
