"""exportchats and importchats: a whole file or none, and what was refused on stderr."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chat.models import Conversation, User
from tests.transfer.chatgpt import simple


def run(name: str, *arguments: object) -> tuple[str, str]:
    out, wrong = io.StringIO(), io.StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=wrong)
    return out.getvalue(), wrong.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "conversations.json"
    made.write_text(json.dumps([simple(1), simple(2)]))
    return made


def test_there_and_back(alice: User, charlie: User, file: Path, tmp_path: Path) -> None:
    assert run("importchats", "alice", file)[0] == "2 imported, 0 already here, 0 refused.\n"
    whole = tmp_path / "all.json"
    assert run("exportchats", "alice", whole)[0] == f"The conversations of alice are in {whole}.\n"
    assert run("importchats", "charlie", whole)[0] == "2 imported, 0 already here, 0 refused.\n"
    assert run("importchats", "charlie", whole)[0] == "0 imported, 2 already here, 0 refused.\n"
    assert Conversation.objects.filter(owner=charlie).count() == 2
    assert whole.stat().st_mode & 0o077 == 0  # other people's eyes
    assert sorted(tmp_path.iterdir()) == [whole, file]


def test_what_is_refused_is_told_and_is_a_failure(
    alice: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = simple(3) | {"title": 1}
    file.write_text(json.dumps([simple(1), wrong]))
    with pytest.raises(CommandError, match="Not all was imported"):
        call_command("importchats", "alice", str(file))
    told = capsys.readouterr()
    assert told.out == "1 imported, 0 already here, 1 refused.\n"
    assert told.err.strip() == "Refused: conversations[1].title: is not a text"


def test_a_cut_file_keeps_what_came_before(alice: User, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(CommandError, match=r"line 1: conversations\[1\]: The file ends in the middle"):
        run("importchats", "alice", file)
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("command", ["exportchats", "importchats"])
def test_a_user_or_a_file_that_is_not_there_is_said(alice: User, tmp_path: Path, command: str) -> None:
    with pytest.raises(CommandError, match="There is no user nobody"):
        run(command, "nobody", tmp_path / "x.json")
    with pytest.raises(CommandError, match="No such file or directory"):
        run(command, "alice", tmp_path / "missing" / "x.json")
