"""Settings that are wrong stop the start with a sentence that names them."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment as env
from tests.site import START


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("value", ["abc", "-1", "1.5", "0", "9" * 20])
def test_a_number_that_is_none_is_named(value: str) -> None:
    os.environ["PORT"] = value
    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number of at least 1"):
        env.whole_number("PORT", 8000, least=1)


def test_blank_is_the_default() -> None:
    os.environ["PORT"] = "  "
    assert env.whole_number("PORT", 8000) == 8000


@pytest.mark.parametrize(("value", "meaning"), [("true", True), ("0", False), ("Yes", True), ("", False)])
def test_yes_or_no(value: str, meaning: bool) -> None:
    os.environ["DEBUG"] = value
    assert env.yes_or_no("DEBUG") is meaning


def test_neither_yes_nor_no_is_named() -> None:
    os.environ["DEBUG"] = "perhaps"
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be true or false"):
        env.yes_or_no("DEBUG")


@pytest.mark.parametrize("value", ["example.org", "ftp://example.org", "http://"])
def test_an_address_that_is_none_is_named(value: str) -> None:
    os.environ["MODEL_API_BASE"] = value
    with pytest.raises(ImproperlyConfigured, match="MODEL_API_BASE"):
        env.http_url("MODEL_API_BASE")


def test_the_first_key_that_is_set_counts() -> None:
    os.environ |= {"AIML_API_KEY": "second", "AIMLAPI_KEY": "third"}
    os.environ.pop("AIMLAPI_API_KEY", None)
    assert env.first_of("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY") == "second"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# comment\n\nexport A_NAME='from the file'\nB_NAME=both # kept\n")
    os.environ["B_NAME"] = "from the environment"
    os.environ["ENV_FILE"] = str(file)
    env.read_env_file(tmp_path / "usual")
    assert (os.environ["A_NAME"], os.environ["B_NAME"]) == ("from the file", "from the environment")


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\nwhat is this\n")
    os.environ["ENV_FILE"] = ""
    with pytest.raises(ImproperlyConfigured, match="line 2"):
        env.read_env_file(file)


def test_only_the_usual_file_may_be_missing(tmp_path: Path) -> None:
    os.environ["ENV_FILE"] = ""
    env.read_env_file(tmp_path / ".env")
    for wrong, reason in ((tmp_path / "nothing", "No such file"), (tmp_path, "directory")):
        os.environ["ENV_FILE"] = str(wrong)
        with pytest.raises(ImproperlyConfigured, match=f"{wrong} cannot be read: .*{reason}"):
            env.read_env_file(tmp_path / ".env")


def test_a_model_that_is_not_listed_is_named() -> None:
    os.environ["MODELS"] = ""
    assert env.names_with("MODELS", "a", "MODEL_ID") == ["a"]
    os.environ["MODELS"] = "a, b"
    assert env.names_with("MODELS", "b", "MODEL_ID") == ["a", "b"]
    with pytest.raises(ImproperlyConfigured, match="MODEL_ID is 'c', which MODELS does not list: a, b"):
        env.names_with("MODELS", "c", "MODEL_ID")


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    kept = tmp_path / "secret-key"
    (first,) = env.secret_keys("NO_SUCH_SECRET", kept)
    assert len(first) >= 50
    assert env.secret_keys("NO_SUCH_SECRET", kept) == [first]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_second_secret_is_one_that_is_still_believed(tmp_path: Path) -> None:
    kept = tmp_path / "secret-key"
    kept.write_text("new\nold\n")
    assert env.secret_keys("NO_SUCH_SECRET", kept) == ["new", "old"]


def test_a_postgresql_address_is_taken_apart(tmp_path: Path) -> None:
    os.environ["DATABASE_URL"] = "postgres://us%40er:p%2Fw@db.example:5433/parley"
    found = env.database("DATABASE_URL", tmp_path)
    assert [found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        *("parley", "us@er", "p/w", "db.example", "5433")
    ]


def test_another_database_is_refused(tmp_path: Path) -> None:
    os.environ["DATABASE_URL"] = "mysql://localhost/parley"
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must look like postgres://"):
        env.database("DATABASE_URL", tmp_path)


def test_what_is_too_large_or_unknown_is_named() -> None:
    os.environ |= {"PORT": "99999", "TIME_ZONE": "Berlin", "REQUIRE_MFA": "maybe"}
    with pytest.raises(ImproperlyConfigured, match="PORT must be 65535 at most"):
        env.whole_number("PORT", 8000, most=65535)
    with pytest.raises(
        ImproperlyConfigured, match="TIME_ZONE must be a name such as Europe/Rome, not 'Berlin'"
    ):
        env.one_of("TIME_ZONE", "UTC", {"UTC", "Europe/Berlin"}, such_as="Europe/Rome")
    with pytest.raises(ImproperlyConfigured, match="REQUIRE_MFA must be one of off, staff, all, not 'maybe'"):
        env.one_of("REQUIRE_MFA", "off", ("off", "staff", "all"))


FILE = Path(__file__)
WRONG = [
    ({"PORT": "abc"}, "PORT must be a whole number of at least 1, not 'abc'."),
    ({"DATA_DIR": f"{FILE}/data"}, f"DATA_DIR cannot be made at {FILE}/data: Not a directory."),
    ({"DATA_DIR": str(FILE)}, f"DATA_DIR cannot be made at {FILE}: File exists."),
    ({"ENV_FILE": "/nowhere"}, "The settings file /nowhere cannot be read: No such file or directory."),
    ({"MODELS": "a,b"}, "MODEL_ID is 'mistralai/mistral-tiny', which MODELS does not list: a, b."),
    (
        {"SIGNUP": "example.org"},
        "SIGNUP lets in whoever has an address of a domain, which is confirmed by mail: set EMAIL_URL too.",
    ),
    ({"HOST": "no.such.host.invalid"}, "Nothing can listen on no.such.host.invalid, port "),
]


@pytest.mark.parametrize(("wrong", "sentence"), WRONG, ids=[", ".join(wrong) for wrong, _ in WRONG])
def test_a_wrong_setting_ends_the_start_with_one_sentence(wrong: dict[str, str], sentence: str) -> None:
    output = failed_start(**wrong)
    assert output.startswith(f"Parley cannot start. {sentence}")
    assert output.count("\n") == 1


def test_a_port_in_use_is_said_before_anything_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert failed_start(PORT=str(port)) == (
            f"Parley cannot start. Nothing can listen on 127.0.0.1, port {port}: Address already in use. "
            "Is Parley running already? HOST and PORT choose another place.\n"
        )


def failed_start(**settings: str) -> str:
    """What `manage.py serve` prints when it ends by itself."""
    start = [sys.executable, "manage.py", "serve"]
    environment = {**os.environ, **settings}
    ended = subprocess.run(start, capture_output=True, text=True, env=environment, timeout=START)
    assert (ended.returncode, ended.stdout) == (1, "")
    return ended.stderr


def test_without_an_address_no_mail_goes_out() -> None:
    os.environ["EMAIL_URL"] = ""
    assert env.mail_server("EMAIL_URL") is None


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", False, False)),
        (
            "smtp+tls://me%40x.org:a%2Fb@example.org",
            ("example.org", 587, "me@x.org", "a/b", True, False),
        ),
        ("smtps://u:p@127.0.0.1:4650", ("127.0.0.1", 4650, "u", "p", False, True)),
    ],
)
def test_where_mail_is_handed_in(url: str, server: tuple[object, ...]) -> None:
    os.environ["EMAIL_URL"] = url
    assert env.mail_server("EMAIL_URL") == server


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port"]
)
def test_a_mail_server_that_is_none_is_named(url: str) -> None:
    os.environ["EMAIL_URL"] = url
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must look like"):
        env.mail_server("EMAIL_URL")
