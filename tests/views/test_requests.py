"""Asking for more of a budget, and the administrator's answer."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils.html import escape

from chat.models import Action, AuditEntry, Budget, BudgetRequest, Conversation, User
from chat.usage import ask, hold_counters, standing_now
from tests.running import Running

PAGE = "/usage/requests/"
HOSTILE = "<script>alert(1)</script> & more"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def budget(alice: User) -> Budget:
    """Alice's own; used up."""
    made = Budget.objects.create(user=alice, period="month", unit="requests", limit=5)
    with transaction.atomic():
        hold_counters([made])[0].settle(reserved=0, used=5)
    return made


@pytest.fixture
def asked(alice: User, budget: Budget) -> BudgetRequest:
    return ask(alice, budget, reason="A long report")


def post_ask(client: Client, budget: Budget, reason: str = "A long report") -> HttpResponse:
    return client.post(PAGE, {"budget": budget.pk, "reason": reason})


def decide(client: Client, asked: BudgetRequest, verb: str, **fields: Any) -> HttpResponse:
    given = {f"{verb}-{asked.pk}-{name}": value for name, value in fields.items()}
    return client.post(f"{PAGE}{asked.pk}/{verb}/", given)


GRANT = {"amount": "3", "lasting": "period", "answer": ""}


def test_a_guest_logs_in_first(guest: Client, asked: BudgetRequest) -> None:
    assert guest.get(PAGE).status_code == 302
    assert post_ask(guest, asked.budget).status_code == 302
    for verb in ("grant", "decline"):
        assert decide(guest, asked, verb, **GRANT).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, BudgetRequest.objects.count()) == ("asked", 1)


def test_only_staff_decide(alices: Client, charlies: Client, asked: BudgetRequest) -> None:
    for browser in (alices, charlies):
        assert decide(browser, asked, "grant", **GRANT).status_code == 404
        assert decide(browser, asked, "decline", answer="No").status_code == 404
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_one_sees_ones_own_and_staff_see_everybodys(
    alices: Client, bobs: Client, charlies: Client, asked: BudgetRequest
) -> None:
    assert "A long report" in alices.get(PAGE).content.decode()
    assert "Waiting for an answer" not in alices.get(PAGE).content.decode()
    assert "<strong>5 requests a month</strong>" in alices.get(PAGE).content.decode()
    assert (
        "<strong>alice</strong> asks for more of a budget: 5 requests a month"
        in bobs.get(PAGE).content.decode()
    )
    assert "A long report" in bobs.get(PAGE).content.decode()
    assert "A long report" not in charlies.get(PAGE).content.decode()


@pytest.mark.parametrize("verb", ["grant", "decline"])
def test_what_is_not_there_is_not_found_and_nothing_is_done_by_looking(
    bobs: Client, asked: BudgetRequest, verb: str
) -> None:
    assert bobs.post(f"{PAGE}{asked.pk + 1}/{verb}/").status_code == 404
    assert bobs.get(f"{PAGE}{asked.pk}/{verb}/").status_code == 405
    assert bobs.put(PAGE).status_code == 405


def test_asking_leads_back_to_what_was_asked(alices: Client, alice: User, budget: Budget) -> None:
    answer = post_ask(alices, budget, "Two lines\r\nof reasons")
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    asked = BudgetRequest.objects.get()
    assert (asked.user, asked.budget, asked.reason) == (alice, budget, "Two lines\nof reasons")
    assert "What you asked for" in alices.get(PAGE).content.decode()


def test_the_budget_of_the_link_is_the_one_that_is_chosen(alices: Client, budget: Budget) -> None:
    other = Budget.objects.create(period="day", unit="tokens", limit=10**6)
    page = alices.get(f"{PAGE}?budget={other.pk}").content.decode()
    (checked,) = [line for line in page.split("<input") if "checked" in line]
    assert f'value="{other.pk}"' in checked
    assert alices.get(f"{PAGE}?budget=x").status_code == 404
    assert alices.get(f"{PAGE}?budget=99").status_code == 200


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Say in a few words what you need it for."),
        (" \n\u200b", "Say in a few words what you need it for."),
        ("x" * 1001, "A reason has at most 1,000 characters."),
        ("a\x00b", "A text cannot hold NUL characters."),
    ],
)
def test_a_reason_that_is_none_is_kept_in_the_form(
    alices: Client, budget: Budget, reason: str, sentence: str
) -> None:
    answer = post_ask(alices, budget, reason)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert reason.replace("\x00", "").strip() in page.replace("\x00", "")
    assert f'value="{budget.pk}"' in page
    assert not BudgetRequest.objects.exists()


def test_a_budget_that_does_not_bind_one_cannot_be_asked_of(
    charlies: Client, budget: Budget, charlie: User
) -> None:
    group = Budget.objects.create(
        group=Group.objects.create(name="Other"), period="day", unit="usd", limit=10**9
    )
    everyone = Budget.objects.create(period="week", unit="requests", limit=9)
    for of in (budget.pk, group.pk, 10**9, "x", ""):
        answer = charlies.post(PAGE, {"budget": of, "reason": "My reason"})
        assert answer.status_code == 422
        assert "Choose one of the budgets that apply to you." in answer.content.decode()
        assert "My reason" in answer.content.decode()
    assert post_ask(charlies, everyone).status_code == 303


def test_asking_again_is_refused_with_what_was_written(alices: Client, asked: BudgetRequest) -> None:
    answer = post_ask(alices, asked.budget, "Another reason")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "You asked for more of this budget already." in page
    assert "Another reason</textarea>" in page
    assert BudgetRequest.objects.count() == 1


def test_the_eleventh_of_a_day_is_too_many(alices: Client, alice: User, budget: Budget) -> None:
    for _ in range(10):
        BudgetRequest.objects.create(user=alice, budget=budget, reason="More", state="declined")
    answer = post_ask(alices, budget, "The eleventh")
    assert answer.status_code == 429
    assert "You asked 10 times in a day. Ask again tomorrow." in answer.content.decode()
    assert "The eleventh</textarea>" in answer.content.decode()


def test_who_has_no_budget_has_nothing_to_ask_for(charlies: Client, budget: Budget) -> None:
    page = charlies.get(PAGE).content.decode()
    assert "No budget limits what you may use." in page
    assert "<textarea" not in page


def test_a_grant_raises_the_budget_and_is_told(
    alices: Client, bobs: Client, bob: User, alice: User, asked: BudgetRequest
) -> None:
    answer = decide(bobs, asked, "grant", **(GRANT | {"answer": "Good luck with it"}))
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert standing_now(asked.budget).limit == 8
    page = alices.get(PAGE).content.decode()
    assert "3 requests more until the end of that month." in page
    assert "Good luck with it" in page
    entry = AuditEntry.objects.get(action=Action.BUDGET_GRANTED)
    assert (entry.actor, entry.subject) == (bob, alice)
    assert "Nobody is waiting." in bobs.get(PAGE).content.decode()


def test_nobody_grants_their_own_while_another_administrator_is_there(bob: User, bobs: Client) -> None:
    of = Budget.objects.create(user=bob, period="day", unit="requests", limit=5)
    other = User.objects.create(username="dora", is_staff=True)
    asked = ask(bob, of, reason="Mine")
    page = bobs.get(PAGE).content.decode()
    assert "This is your own request: another administrator grants it." in page
    assert f"{PAGE}{asked.pk}/grant/" not in page
    answer = decide(bobs, asked, "grant", **GRANT)
    assert answer.status_code == 403
    assert "Another administrator grants what you ask for yourself; nothing was changed." in (
        answer.content.decode()
    )
    asked.refresh_from_db()
    assert (asked.state, standing_now(of).limit) == ("asked", 5)
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert f"{PAGE}{asked.pk}/grant/" in bobs.get(PAGE).content.decode()
    assert decide(bobs, asked, "grant", **GRANT).status_code == 303
    entry = AuditEntry.objects.get(action=Action.BUDGET_GRANTED)
    assert (entry.actor, entry.subject) == (bob, bob)


def test_ones_own_may_be_taken_back(bob: User, bobs: Client) -> None:
    User.objects.create(username="dora", is_staff=True)
    of = Budget.objects.create(user=bob, period="day", unit="requests", limit=5)
    asked = ask(bob, of, reason="Mine")
    assert decide(bobs, asked, "decline", answer="Not needed any more").status_code == 303
    asked.refresh_from_db()
    assert asked.state == "declined"


def test_from_now_on_raises_the_budget_itself(bobs: Client, asked: BudgetRequest) -> None:
    decide(bobs, asked, "grant", **(GRANT | {"lasting": "permanent"}))
    asked.budget.refresh_from_db()
    assert asked.budget.limit == 8
    assert "3 requests more from then on." in bobs.get(PAGE).content.decode()


def test_usd_are_granted_in_dollars(bobs: Client, alice: User) -> None:
    of = Budget.objects.create(user=alice, period="month", unit="usd", limit=5 * 10**9)
    asked = ask(alice, of, reason="More")
    assert 'value="5.00"' in bobs.get(PAGE).content.decode()
    decide(bobs, asked, "grant", **(GRANT | {"amount": "2.505"}))
    assert standing_now(of).limit == 7_505_000_000


@pytest.mark.parametrize(
    ("unit", "amount"),
    [
        ("requests", ""),
        ("requests", "many"),
        ("requests", "0"),
        ("requests", "-3"),
        ("requests", "1.5"),
        ("tokens", "9" * 30),
        ("usd", "NaN"),
        ("usd", "Infinity"),
        ("usd", "-1"),
        ("usd", "0"),
        ("usd", "0.0000000001"),
        ("usd", "1e30"),
    ],
)
def test_an_amount_that_is_none_keeps_the_form(bobs: Client, alice: User, unit: str, amount: str) -> None:
    of = Budget.objects.create(user=alice, period="month", unit=unit, limit=10**9)
    asked = ask(alice, of, reason="More")
    answer = decide(bobs, asked, "grant", amount=amount, lasting="permanent", answer="My own words")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "How much more is " in page
    assert 'value="My own words"' in page
    (checked,) = [line for line in page.split("<input") if "checked" in line and f"grant-{asked.pk}" in line]
    assert 'value="permanent"' in checked
    assert standing_now(of).limit == 10**9
    asked.refresh_from_db()
    assert asked.state == "asked"


@pytest.mark.parametrize(
    ("verb", "fields", "sentence"),
    [
        ("grant", GRANT | {"lasting": ""}, "Say for how long."),
        ("grant", GRANT | {"lasting": "ever"}, "Say for how long."),
        ("grant", GRANT | {"answer": "x" * 301}, "A word to the person has at most 300 characters."),
        ("decline", {"answer": ""}, "Say why not: a word is enough."),
        ("decline", {"answer": "x" * 301}, "A word to the person has at most 300 characters."),
        ("decline", {"answer": "a\x00b"}, "A text cannot hold NUL characters."),
    ],
)
def test_an_answer_that_lacks_something_says_what(
    bobs: Client, asked: BudgetRequest, verb: str, fields: dict[str, str], sentence: str
) -> None:
    answer = decide(bobs, asked, verb, **fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_what_was_filled_in_is_in_its_own_form_alone(
    bobs: Client, alice: User, charlie: User, asked: BudgetRequest
) -> None:
    everyone = Budget.objects.create(period="day", unit="requests", limit=9)
    other = ask(charlie, everyone, reason="His")
    page = decide(bobs, asked, "grant", **(GRANT | {"amount": "x", "answer": "For alice"})).content.decode()
    assert page.count('value="For alice"') == 1
    assert (
        page.index(f'id="request-{asked.pk}"')
        < page.index("For alice")
        < page.index(f'id="request-{other.pk}"')
    )


def test_a_declined_one_is_told_why(alices: Client, bobs: Client, asked: BudgetRequest) -> None:
    assert decide(bobs, asked, "decline", answer="Wait for December").status_code == 303
    page = alices.get(PAGE).content.decode()
    assert "Wait for December" in page
    assert "declined" in page
    assert standing_now(asked.budget).limit == 5


@pytest.mark.parametrize("verb", ["grant", "decline"])
def test_what_is_decided_already_is_not_decided_again(bobs: Client, asked: BudgetRequest, verb: str) -> None:
    decide(bobs, asked, "decline", answer="No")
    answer = decide(bobs, asked, verb, **GRANT | {"answer": "Yes"})
    assert answer.status_code == 409
    assert "This request was decided already; nothing was changed." in answer.content.decode()
    asked.refresh_from_db()
    assert (asked.state, asked.answer, standing_now(asked.budget).limit) == ("declined", "No", 5)


def test_staff_are_told_when_a_grant_is_for_everybody(
    bobs: Client, charlie: User, asked: BudgetRequest
) -> None:
    note = "raises this budget for everybody whom it limits"
    assert note not in bobs.get(PAGE).content.decode()
    everyone = Budget.objects.create(period="day", unit="requests", limit=9)
    ask(charlie, everyone, reason="His")
    assert note in bobs.get(PAGE).content.decode()


def test_hostile_words_are_text(alices: Client, bobs: Client, budget: Budget) -> None:
    post_ask(alices, budget, HOSTILE)
    asked = BudgetRequest.objects.get()
    assert escape(HOSTILE) in bobs.get(PAGE).content.decode()
    decide(bobs, asked, "decline", answer=HOSTILE)
    page = alices.get(PAGE).content.decode()
    assert page.count(escape(HOSTILE)) == 2
    assert HOSTILE not in page


def test_a_refusal_has_the_link_with_htmx_and_without(
    process: Running, alices: Client, budget: Budget
) -> None:
    link = f'<a href="{PAGE}?budget={budget.pk}">Ask for more</a>'
    fields = {"text": "My draft", "send_id": str(uuid4())}
    for headers in (HTMX, {}):
        refused = alices.post("/conversations/", fields, headers=headers)
        assert refused.status_code == 429
        assert link in refused.content.decode()
    assert not Conversation.objects.exists()


def test_where_no_more_would_help_there_is_no_link(process: Running, alices: Client, alice: User) -> None:
    Budget.objects.create(user=alice, period="month", unit="usd", limit=10**9)
    refused = alices.post("/conversations/", {"text": "My draft", "send_id": str(uuid4())}, headers=HTMX)
    assert refused.status_code == 409
    assert "Ask for more" not in refused.content.decode()


def test_fifty_that_wait_are_a_page(bobs: Client, budget: Budget, django_assert_max_num_queries: Any) -> None:
    people = [User.objects.create(username=f"user {number}") for number in range(53)]
    asked = [BudgetRequest.objects.create(user=user, budget=budget, reason="More") for user in people]
    with django_assert_max_num_queries(14):
        first = bobs.get(PAGE).content.decode()
    behind = f"{PAGE}?after={asked[49].pk}"
    assert shown(first) == [request.pk for request in asked[:50]]
    assert f'href="{behind}">Newer requests' in first
    second = bobs.get(behind).content.decode()
    assert shown(second) == [request.pk for request in asked[50:]]
    assert "Newer requests" not in second
    assert f'href="{PAGE}">From the oldest on' in second
    assert "Nobody else is waiting." in bobs.get(f"{PAGE}?after={asked[-1].pk}").content.decode()
    assert bobs.get(f"{PAGE}?after=x").status_code == 404
    refused = decide(bobs, asked[51], "decline", answer="").content.decode()
    assert shown(refused) == [request.pk for request in asked[51:]]
    assert "Say why not: a word is enough." in refused


def shown(page: str) -> list[int]:
    """The numbers of the requests that can be answered there, from above."""
    return [int(number) for number in re.findall(r'<li class="asked" id="request-(\d+)"', page)]


def test_many_that_wait_cost_as_many_queries_as_one(
    bobs: Client,
    alice: User,
    charlie: User,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    def wait(user: User, unit: str) -> None:
        of = Budget.objects.create(user=user, period="month", unit=unit, limit=9)
        with transaction.atomic():
            hold_counters([of])
        ask(user, of, reason="More")

    wait(alice, "requests")
    with django_assert_max_num_queries(14) as of_one:
        bobs.get(PAGE)
    for user in (alice, charlie):
        wait(user, "tokens")
    with django_assert_num_queries(len(of_one)):
        bobs.get(PAGE)
