"""Loaded by `-p` before Django reads its settings: no test touches anybody's data, nor anybody's model."""

import atexit
import os
import shutil
import tempfile

os.environ["ENV_FILE"] = os.devnull
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="parley-tests-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ["MODEL_API_BASE"] = "http://127.0.0.1:9/v1"
os.environ["MODEL_API_KEY"] = "sk-test-key-of-the-suite"
for name in (
    "AIMLAPI_API_KEY",
    "AIML_API_KEY",
    "AIMLAPI_KEY",
    "MODEL_ID",
    "MODELS",
    "TIME_ZONE",
    "SECRET_KEY",
):
    os.environ.pop(name, None)
