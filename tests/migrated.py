"""An empty database as `migrate` leaves it, made once a run of the tests and copied for each site."""

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from shutil import copyfile

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "parley.sqlite3"


def put_migrated(data_dir: Path) -> None:
    """What `serve` would make there: its own two commands made it, and hold nothing of a site or a moment.

    Only the schema is copied, not the secret key beside it. `serve` still looks for what is to be migrated.
    """
    copyfile(_made() / DATABASE, data_dir / DATABASE)


@cache
def _made() -> Path:
    place = Path(tempfile.mkdtemp(prefix="migrated-", dir=os.environ["DATA_DIR"]))
    for command in ("migrate", "createcachetable"):
        subprocess.run(
            [sys.executable, "manage.py", command, "--verbosity=0"],
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": str(place), "DATABASE_URL": ""},
            check=True,
        )
    assert not (place / f"{DATABASE}-wal").exists(), "what is in the log is not in the copy"
    return place
