"""PostgreSQL's own programs, which copy a database better than anybody else."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.conninfo import make_conninfo

from chat.backup.errors import Refused

HOMES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")  # distributions keep them off the PATH


@dataclass(frozen=True)
class Programs:
    """A directory with them; each is started with the address and the environment, which has the password."""

    home: Path
    address: str
    environment: dict[str, str]

    def command(self, name: str, *arguments: str) -> list[str]:
        return [str(self.home / name), *arguments]


def programs() -> Programs:
    """Those that are as new as the server, at least. Raises Refused, and DatabaseError when that is away."""
    with connection.cursor():
        server = connection.pg_version // 10_000  # type: ignore[attr-defined]
    address, password = address_and_password()
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    return Programs(home_for(server, _homes()), address, environment)


def home_for(server: int, homes: list[Path]) -> Path:
    """The first whose programs are of this version or newer. Raises Refused."""
    versions = {home: version for home in homes if (version := _version(home / "pg_dump"))}
    if not versions:
        raise Refused(
            "pg_dump, pg_restore and psql are not installed, by which Parley copies PostgreSQL. "
            f"They come with PostgreSQL's client, version {server} or newer."
        )
    for home, version in versions.items():
        if version >= server:
            return home
    raise Refused(
        f"The newest pg_dump here is of PostgreSQL {max(versions.values())}, and the server of {server}: "
        f"install PostgreSQL's client, version {server} or newer."
    )


def address_and_password() -> tuple[str, str]:
    """What everybody may see on the command line, and what nobody may."""
    own: dict[str, Any] = connection.settings_dict
    given = {"dbname": own["NAME"], "user": own["USER"], "host": own["HOST"], "port": own["PORT"]}
    given |= {name: value for name, value in own["OPTIONS"].items() if name != "pool"}
    password = given.pop("password", own["PASSWORD"])
    return make_conninfo(**{name: value for name, value in given.items() if value}), password


def _homes() -> list[Path]:
    on_path = shutil.which("pg_dump")
    others = (home for pattern in HOMES for home in sorted(Path("/").glob(pattern), reverse=True))
    return [*([Path(on_path).parent] if on_path else []), *others]


def _version(program: Path) -> int | None:
    """The first number of its version."""
    try:
        asked = [str(program), "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, check=True)  # nosec B603 # PostgreSQL's own
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else None
