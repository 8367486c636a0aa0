"""backup: a whole file for its owner's eyes, or none."""

import hashlib
import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.backup.homes import Home, leave
from tests.faults.test_database import fill


def test_it_holds_what_its_manifest_says(made: Home) -> None:
    with zipfile.ZipFile(made.backup) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        assert {part["name"] for part in manifest["parts"]} == {"database", "secret-key"}
        for part in manifest["parts"]:
            held = packed.read(part["name"])
            assert (part["size"], part["sha256"]) == (len(held), hashlib.sha256(held).hexdigest())
        assert packed.read("secret-key").decode() == made.key
    assert manifest["database"] == "sqlite"
    assert manifest["migrations"]["chat"] >= "0012"
    assert stat.S_IMODE(made.backup.stat().st_mode) == 0o600
    assert sorted(made.data_dir.parent.iterdir()) == [made.data_dir, made.backup]


def test_it_is_in_the_audit_trail(made: Home) -> None:
    with closing(sqlite3.connect(made.database)) as opened:
        entries = opened.execute("SELECT action, detail FROM chat_auditentry").fetchall()
    assert ("exported", "command line: a backup of the whole site") in entries


def test_a_file_that_is_there_stays_unless_it_is_forced(home: Home) -> None:
    home.backup.write_text("something else")
    assert (
        home.refused("backup", str(home.backup)) == f"{home.backup} is there already: --force writes over it."
    )
    assert home.backup.read_text() == "something else"
    assert str(home.backup) in home.manage("backup", str(home.backup), "--force")
    assert zipfile.is_zipfile(home.backup)


def test_it_writes_only_where_a_file_can_be(home: Home) -> None:
    assert "is no place for a file" in home.refused("backup", "/dev/null", "--force")
    missing = home.data_dir / "missing" / "site.zip"
    assert home.refused("backup", str(missing)) == f"{missing} cannot be written: No such file or directory."


def test_there_is_nothing_to_copy_before_the_first_start(tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    assert "There is no site yet" in home.refused("backup", str(home.backup))
    assert not home.backup.exists()


def test_a_full_disk_leaves_no_half_file(home: Home, small_disk: Path) -> None:
    file = small_disk / "site.zip"
    file.write_text("the one of yesterday")
    fill(small_disk / "filler")
    said = home.refused("backup", str(file), "--force")
    assert said == "The database cannot be copied: database or disk is full."
    assert {left.name for left in small_disk.iterdir()} == {"site.zip", "filler"}
    assert file.read_text() == "the one of yesterday"


def test_a_disk_that_is_full_a_little_later_leaves_none_either(home: Home, small_disk: Path) -> None:
    size = home.database.stat().st_size
    leave(small_disk, size + 16 * 1024)  # for the copy, and not for what is made of it
    said = home.refused("backup", str(small_disk / "site.zip"))
    assert said == f"{small_disk / 'site.zip'} cannot be written: No space left on device."
    assert {left.name for left in small_disk.iterdir()} == {"filler"}


def test_what_was_deleted_is_not_in_it(copied: Callable[[str], Home]) -> None:
    home, word = copied("charlie"), b"Rumpelstiltskin"
    with closing(sqlite3.connect(home.database, isolation_level=None)) as opened:
        opened.execute("PRAGMA secure_delete=OFF")
        opened.execute("INSERT INTO django_session VALUES ('key', ?, 'never')", [word.decode() * 1000])
        opened.execute("DELETE FROM django_session")
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert word in home.database.read_bytes()
    home.manage("backup", str(home.backup), "--force")
    with zipfile.ZipFile(home.backup) as packed:
        assert word not in packed.read("database")


def test_a_secret_key_of_the_environment_is_not_in_it(copied: Callable[[str], Home]) -> None:
    home, secret = copied("charlie"), "a-key-of-the-environment-of-fifty-characters-or-more"
    home.manage("backup", str(home.backup), "--force", SECRET_KEY=secret)
    with zipfile.ZipFile(home.backup) as packed:
        assert set(packed.namelist()) == {"database", "manifest.json"}
    said = home.manage("restore", str(home.backup), "--force")
    assert "without the same SECRET_KEY here everybody has to log in again" in said
