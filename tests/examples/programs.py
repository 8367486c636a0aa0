"""Examples run as their readers run them: from a file, with a key in the environment."""

import os
import subprocess
import sys
from pathlib import Path

from tests.clients import python_of_clients

KEY = "sk-of-the-reader"
PROGRAMS = {
    "sh": ("bash", ".sh"),
    "python": (sys.executable, ".py"),
    "javascript": ("node", ".mjs"),
}


def run(language: str, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program, ending = PROGRAMS[language]
    if "from openai import" in code:
        program = str(python_of_clients())
    file = folder / f"request{ending}"
    file.write_text(code, "utf-8")
    environment = {**os.environ, "MODEL_API_KEY": KEY, "NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        [program, str(file)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
