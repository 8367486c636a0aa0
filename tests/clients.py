"""Clients that people have, such as OpenAI's own, in an environment that `make test` makes apart for them."""

import os
from pathlib import Path

import pytest

PYTHON = Path(__file__).resolve().parent.parent / ".venv-clients" / "bin" / "python"


def python_of_clients() -> Path:
    """The program that knows them; without it the test is skipped, and a failure with CI=true."""
    if not PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("The clients are not installed.")
        pytest.skip("The clients are not installed: `make .venv-clients/stamp` does it.")
    return PYTHON
