"""Loud helpers that read the environment: a wrong value stops the start with a sentence that names it."""

import os
import re
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def read_env_file(usual: Path) -> None:
    """Put `NAME=value` lines of the file ENV_FILE into the environment; what is already set there wins.

    Only the `usual` file may be missing: one that was asked for by name holds settings that somebody relies on.
    """
    path = Path(text("ENV_FILE") or usual)
    if path == usual and not path.exists():
        return
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"The settings file {path} cannot be read: {_reason(error)}.") from error
    for number, line in enumerate(lines, start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name = name.removeprefix("export ").strip()
        if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ImproperlyConfigured(f"{path}, line {number}: expected NAME=value.")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        os.environ.setdefault(name, value)


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def first_of(*names: str) -> str:
    """The first of several variables that is set, or an empty text."""
    return next((value for name in names if (value := text(name))), "")


def whole_number(name: str, default: int, *, least: int = 0, most: int = 10**12) -> int:
    value = text(name)
    if not value:
        return default
    if not re.fullmatch(r"\d{1,12}", value) or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {value!r}.")
    if int(value) > most:
        raise ImproperlyConfigured(f"{name} must be {most} at most, not {value}.")
    return int(value)


def one_of(name: str, default: str, choices: Collection[str], *, such_as: str = "") -> str:
    """`such_as` is an example, where there are too many choices to name."""
    value = text(name, default)
    if value not in choices:
        wanted = f"a name such as {such_as}" if such_as else f"one of {', '.join(choices)}"
        raise ImproperlyConfigured(f"{name} must be {wanted}, not {value!r}.")
    return value


def yes_or_no(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def names(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list without blanks."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def names_with(name: str, one: str, name_of_one: str) -> list[str]:
    """A comma-separated list that must hold `one`, which is its default."""
    found = names(name, (one,))
    if one not in found:
        raise ImproperlyConfigured(
            f"{name_of_one} is {one!r}, which {name} does not list: {', '.join(found)}. "
            f"Set {name_of_one} to one of them."
        )
    return found


def http_url(name: str, default: str = "") -> str:
    """An http or https address without a slash at its end."""
    value = text(name, default).rstrip("/")
    if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
        raise ImproperlyConfigured(f"{name} must be an http or https address, not {value!r}.")
    return value


def directory(name: str, default: Path) -> Path:
    """A directory that can be written to; made when it is not there, for its owner only."""
    path = Path(text(name, str(default))).resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name} cannot be made at {path}: {_reason(error)}.") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name} cannot be written to: {path}.")
    return path


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def database(name: str, data_dir: Path) -> dict[str, object]:
    """Django's description of the database: SQLite in `data_dir`, or PostgreSQL by its URL."""
    url = text(name)
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data_dir / "parley.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # A transaction that reads before it writes must not lose its snapshot to another writer.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # What a browser has seen must survive a power cut: FULL syncs each commit of the WAL.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgres://user:password@host:5432/name.")
    return {
        "ENGINE": "config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            # A process that was stopped within a transaction must not hold up all others.
            "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=10s",
            "connect_timeout": "5",
            "tcp_user_timeout": "10000",
            **dict(parse_qsl(parts.query)),
            "pool": {
                "min_size": 1,
                "max_size": whole_number("DATABASE_POOL_SIZE", 16, least=14),
                "timeout": 5,  # s for which a request waits before its 503; twice where all connections were dead
                "reconnect_timeout": 5,  # s, so that a server that comes back is found soon
            },
        },
    }


def sign_up(name: str) -> tuple[str, list[str]]:
    """Who may make an account: "invite", "open", or "domains" with the domains of their addresses."""
    value = text(name, "invite").lower()
    if value in {"invite", "open"}:
        return value, []
    domains = [part.strip().removeprefix("@") for part in value.split(",") if part.strip()]
    if not domains or not all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) for domain in domains):
        raise ImproperlyConfigured(
            f"{name} must be invite, open, or domains such as example.org,example.com, not {text(name)!r}."
        )
    return "domains", domains


class SingleSignOn(NamedTuple):
    """A provider of OpenID Connect; the secret is one."""

    url: str
    client_id: str
    client_secret: str


def single_sign_on(url: str, client_id: str, client_secret: str) -> SingleSignOn | None:
    """None where none of the three variables is set; a part of them is a mistake."""
    names = (url, client_id, client_secret)
    missing = [name for name in names if not text(name)]
    if len(missing) == len(names):
        return None
    if missing:
        raise ImproperlyConfigured(f"{', '.join(names)} belong together; not set: {', '.join(missing)}.")
    return SingleSignOn(http_url(url), text(client_id), text(client_secret))


class MailServer(NamedTuple):
    """Where outgoing mail is handed in; the password is a secret."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    tls: bool


def mail_server(name: str) -> MailServer | None:
    """None: no mail goes out.

    smtp://user:password@host:25, smtp+tls:// for STARTTLS (587), smtps:// for TLS from the first byte (465).
    """
    url = text(name)
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}.get(parts.scheme)
    except ValueError:
        port = None
    if not port or not parts.hostname or parts.scheme not in {"smtp", "smtp+tls", "smtps"}:
        raise ImproperlyConfigured(f"{name} must look like smtp+tls://user:password@host:587.")
    return MailServer(
        parts.hostname,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+tls",
        tls=parts.scheme == "smtps",
    )


def secret_keys(name: str, kept_in: Path) -> list[str]:
    """The secret from the environment, or one made once and kept with mode 600.

    The first one signs. Others follow only while a backup is restored: their signatures are believed too.
    """
    if value := text(name):
        return [value]
    try:
        return kept_in.read_text("ascii").split()
    except FileNotFoundError:
        pass
    fresh = secrets.token_urlsafe(48)
    try:
        with open(os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(fresh)
    except FileExistsError:  # another process of the same start was faster
        return kept_in.read_text("ascii").split()
    return [fresh]
