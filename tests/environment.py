"""Loaded by `-p` before Django reads its settings: no test touches anybody's data, nor anybody's model.

With `TEST_DATABASE=postgresql` the suite runs on a PostgreSQL server of its own. Processes in which tests run side
by side share it, each with a database: they inherit the environment of the first one, which started it.
"""

import atexit
import os
import shutil
import tempfile

import pytest

from tests.postgres import Postgres, is_installed

os.environ["ENV_FILE"] = os.devnull
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="parley-tests-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ["MODEL_API_BASE"] = "http://127.0.0.1:9/v1"
os.environ["MODEL_API_KEY"] = "sk-test-key-of-the-suite"
os.environ["LOG_LEVEL"] = "DEBUG"  # of every site: tests.secrets looks through what they say
for name in (
    "AIMLAPI_API_KEY",
    "AIML_API_KEY",
    "AIMLAPI_KEY",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "MODEL_ID",
    "MODELS",
    "TIME_ZONE",
    "SECRET_KEY",
    "SIGNUP",
    "REQUIRE_MFA",
    "OIDC_URL",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
):
    os.environ.pop(name, None)

if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ.pop("DATABASE_URL", None)

server: Postgres | None = None
if os.environ.pop("TEST_DATABASE", "") == "postgresql":
    if not is_installed():
        pytest.exit(
            "PostgreSQL is not installed: nothing is tested on it.", int(os.environ.get("CI") == "true")
        )
    server = Postgres().start()
    atexit.register(server.stop)
    os.environ["DATABASE_URL"] = server.url("parley")
