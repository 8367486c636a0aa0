"""An administrator made at the command line."""

import os
import subprocess
import sys
from pathlib import Path

from tests.site import ROOT


def test_before_there_is_a_database_it_says_what_makes_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "createsuperuser"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Parley makes its database when it is started" in done.stderr
    assert "Traceback" not in done.stderr
