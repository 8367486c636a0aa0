"""Django's own checks of a site that is reached from elsewhere, set up as the README says."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_site_behind_a_proxy_with_tls_has_nothing_to_warn_of(tmp_path: Path) -> None:
    settings = {
        "SITE_URL": "https://chat.example.org",
        "ALLOWED_HOSTS": "chat.example.org",
        "TRUSTED_PROXIES": "1",
        "DATA_DIR": str(tmp_path),
    }
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout
