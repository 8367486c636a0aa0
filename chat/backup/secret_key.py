"""The secret key in DATA_DIR, by which sessions and links are signed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from chat.backup import files

NAME = "secret-key"
SETTING = "SECRET_KEY"


def kept() -> Path | None:
    """The file with the key that the site uses; None where that comes from the environment."""
    return None if comes_from_environment() else _file()


def comes_from_environment() -> bool:
    return bool(os.environ.get(SETTING, "").strip())


def keys_in(file: Path) -> list[str]:
    """The first one signs, and what the others signed is believed."""
    return file.read_text("ascii").split() if file.exists() else []


@contextmanager
def both_believed(new: list[str]) -> Iterator[None]:
    """Keep the new keys beside the old ones, and in the end those alone, or the old ones after an error.

    So whichever database a kill leaves behind, its sessions hold. Raises OSError.
    """
    old = keys_in(_file())
    if not new:
        yield
        return
    _keep(old + new)
    try:
        yield
    except BaseException:
        _keep(old)
        raise
    _keep(new)


def _file() -> Path:
    return Path(settings.DATA_DIR / NAME)


def _keep(keys: list[str]) -> None:
    if not keys:
        _file().unlink()
        return
    with files.room_beside(_file()) as room:
        made = room / NAME
        made.write_text("\n".join(keys), "ascii")
        files.owned_like(made, settings.DATA_DIR)
        files.put(made, _file())
