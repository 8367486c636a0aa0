"""`manage.py checkledger`: one line when all is well, otherwise what is wrong and 1 as exit status."""

import pytest
from django.core.management import CommandError, call_command

from chat.models import Call, DailyTotal, User
from tests.usage.closing import closed, opened


def check(*arguments: str) -> None:
    call_command("checkledger", "--wait", "0", *arguments)


def test_one_plain_line_when_all_is_well(alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    closed(alice)
    closed(alice)
    check()
    assert capsys.readouterr().out == (
        "All is well: the daily totals are the sums of the ledger's 2 closed rows, and no row was left open.\n"
    )


def test_everything_that_is_wrong_is_named(alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    closed(alice)
    Call.objects.update(reserved_tokens=5)
    call = opened(alice)
    DailyTotal.objects.update(requests=2)
    with pytest.raises(CommandError, match="does not add up: 3 faults") as refused:
        check()
    assert refused.value.returncode == 1
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3
    assert "requests is 2, and 1 by the rows." in said[0]
    assert "keeps 5 tokens reserved" in said[1]
    assert f"Call {call.pk} is open" in said[2]
    assert DailyTotal.objects.get().requests == 2


def test_a_repair_says_what_it_repaired_and_ends_well(
    alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    closed(alice)
    DailyTotal.objects.update(requests=2)
    check("--repair")
    named, well = capsys.readouterr().out.splitlines()
    assert named.endswith("requests is 2, and 1 by the rows; repaired.")
    assert well.startswith("All is well again: ")
    check()


def test_a_repair_closes_no_row(alice: User) -> None:
    call = opened(alice)
    with pytest.raises(CommandError, match="1 fault"):
        check("--repair")
    call.refresh_from_db()
    assert call.status == "running"
