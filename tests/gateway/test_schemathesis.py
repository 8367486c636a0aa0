"""Requests made from the OpenAPI document, in and out of what it allows: each answer is one that it names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gateway.live import Live, live

__all__ = ["live"]

pytestmark = pytest.mark.only_on("sqlite")  # nothing of it is about the database

EXAMPLES = 40  # an operation and phase
SECONDS = 120


def test_schemathesis_finds_nothing(live: Live, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{live.base_url}/openapi.json",
            f"--header=Authorization: Bearer {live.secret}",
            "--checks=all",
            f"--max-examples={EXAMPLES}",
            "--seed=1",
            "--suppress-health-check=all",
            "--no-color",
            "--continue-on-failure",
        ],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in live.site.log
