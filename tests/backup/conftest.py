"""Sites that nobody starts: a directory with a database and a key, which commands are given."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.backup.homes import USERNAME, Home
from tests.faults.conftest import postgres
from tests.faults.test_database import small_disk
from tests.password import PASSWORD

__all__ = ["postgres", "small_disk"]


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A site with one user and its backup beside it, to be copied and not to be touched."""
    home = Home(tmp_path_factory.mktemp("made") / "data")
    home.manage("migrate", "--verbosity=0")
    named = {"USERNAME": USERNAME, "EMAIL": "alice@example.org", "PASSWORD": PASSWORD}
    home.manage(
        "createsuperuser", "--noinput", **{f"DJANGO_SUPERUSER_{name}": value for name, value in named.items()}
    )
    home.manage("backup", str(home.backup))
    return home


@pytest.fixture
def copied(made: Home, tmp_path: Path) -> Callable[[str], Home]:
    """A site of the test's own with the user whom it names."""

    def copy(username: str) -> Home:
        home = Home(tmp_path / username)
        shutil.copytree(made.data_dir, home.data_dir, dirs_exist_ok=True)
        shutil.copy(made.backup, home.backup)
        home.rename_user(username)
        return home

    return copy


@pytest.fixture
def home(copied: Callable[[str], Home]) -> Home:
    """A site of bob's, with a backup beside it in which alice has it, and a key of its own."""
    bobs = copied("bob")
    (bobs.data_dir / "secret-key").write_text("bobs-key")
    return bobs
