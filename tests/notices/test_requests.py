"""Requests for more of a budget are told to administrators, and the decision to who asked."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chat.models import Budget, Job, User
from chat.notices.letter import letter_of
from config.environment import MailServer


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    settings.MAIL = MailServer("127.0.0.1", 25, "", "", starttls=False, tls=False)
    settings.SITE_URL = "https://chat.example.org"


@pytest.fixture
def budget(alice: User) -> Budget:
    return Budget.objects.create(unit="tokens", limit=5000, period="day", user=alice)


def told() -> list[tuple[str, str, str]]:
    """To whom, the subject and the text; and forget it."""
    jobs = Job.objects.filter(kind="mail").select_related("owner").order_by("pk")
    letters = [letter_of(job) for job in jobs]
    jobs.delete()
    return [(letter.to[0], letter.subject, str(letter.body)) for letter in letters]


def ask(client: Client, budget: Budget, reason: str) -> None:
    form = {"budget": budget.pk, "reason": reason}
    assert client.post(reverse("budget-requests"), form).status_code == 303


def test_every_administrator_reads_who_asks_and_why(
    alices: Client, bob: User, charlie: User, budget: Budget
) -> None:
    User.objects.create(username="dora", email="dora@example.org", is_staff=True)
    ask(alices, budget, "The report & its <tables>\nare due on Friday.")
    first, second = told()
    assert (first[0], second[0]) == ("bob@example.org", "dora@example.org")
    assert first[1] == "alice asks for more of a budget"
    assert "alice asks for more of a budget: 5,000 tokens a day.\nUsed: 0 of 5,000 tokens." in first[2]
    assert "> The report & its <tables>\n> are due on Friday.\n" in first[2]
    assert "https://chat.example.org/usage/requests/" in first[2]


def test_what_is_refused_is_not_told(alices: Client, bob: User, budget: Budget) -> None:
    ask(alices, budget, "More")
    told()
    again = alices.post(reverse("budget-requests"), {"budget": budget.pk, "reason": "More"})
    assert again.status_code == 409
    assert told() == []


@pytest.mark.parametrize(
    ("lasting", "until"), [("period", "until it resets on "), ("permanent", "from now on.")]
)
def test_who_asked_reads_what_was_granted(
    alices: Client, bobs: Client, budget: Budget, lasting: str, until: str
) -> None:
    ask(alices, budget, "More")
    told()
    (number,) = budget.requests.values_list("pk", flat=True)
    form = {"amount": "500", "lasting": lasting, "answer": "Until Friday."}
    named = {f"grant-{number}-{name}": value for name, value in form.items()}
    answer = bobs.post(reverse("budget-request-grant", args=[number]), named)
    assert answer.status_code == 303, answer.content.decode()
    ((to, subject, text),) = told()
    assert (to, subject) == ("alice@example.org", "Your request for more was granted")
    assert f"500 tokens more were granted, {until}" in text
    assert "> Until Friday." in text


def test_who_asked_reads_that_it_was_declined_and_why(alices: Client, bobs: Client, budget: Budget) -> None:
    ask(alices, budget, "More")
    told()
    (number,) = budget.requests.values_list("pk", flat=True)
    where = reverse("budget-request-decline", args=[number])
    assert bobs.post(where, {f"decline-{number}-answer": "Not this week."}).status_code == 303
    assert bobs.post(where, {f"decline-{number}-answer": "Again."}).status_code == 409
    ((to, subject, text),) = told()
    assert (to, subject) == ("alice@example.org", "Your request for more was declined")
    assert "It was declined." in text
    assert "> Not this week." in text


def test_while_no_mail_is_configured_nothing_is_written_down(
    alices: Client, bob: User, budget: Budget, settings: Any
) -> None:
    settings.MAIL = None
    ask(alices, budget, "More")
    assert not Job.objects.exists()
