"""The search page and its fragments; whatever is typed, the answer is a page."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.models import Conversation, User
from chat.search import PAGE
from tests.search.hostile import HOSTILE
from tests.search.writing import conversation, say

HTMX = {"HX-Request": "true"}


@pytest.fixture
def talk(alice: User) -> Conversation:
    """Alice's, with one message."""
    made = conversation(alice, "Hers & <i>only</i> hers")
    say(made, "a <b>bold</b> word")
    return made


def test_refusals(guest: Client, charlies: Client, bobs: Client, talk: Conversation) -> None:
    assert guest.get("/search/?q=bold").headers["Location"] == "/accounts/login/?next=/search/%3Fq%3Dbold"
    assert guest.get("/search/?q=bold", headers=HTMX).status_code == 401
    for stranger in (charlies, bobs):  # staff see usage, not content
        for headers in ({}, HTMX):
            page = stranger.get("/search/?q=bold hers", headers=headers).content.decode()
            assert "Nothing was found." in page
            assert f"/conversations/{talk.pk}/" not in page
    assert charlies.post("/search/", {"q": "bold"}).status_code == 405


def test_a_result_says_who_wrote_it_and_leads_to_it(alices: Client, talk: Conversation) -> None:
    page = alices.get("/search/?q=bold").content.decode()
    message = talk.messages.get()
    assert f'href="/conversations/{talk.pk}/?at={message.pk}#message-{message.pk}"' in page
    assert '<span class="found-by">You</span> a &lt;b&gt;<mark>bold</mark>&lt;/b&gt; word' in page
    assert "Hers &amp; &lt;i&gt;only&lt;/i&gt; hers" in page
    assert alices.get(f"/conversations/{talk.pk}/?at={message.pk}").status_code == 200


def test_titles_stand_above_messages(alices: Client, talk: Conversation) -> None:
    say(talk, "all hers")
    page = alices.get("/search/?q=hers ").content.decode()
    title, message = page.index("<mark>Hers</mark> &amp; &lt;i&gt;"), page.index("all <mark>hers</mark>")
    assert title < message


def test_a_page_has_one_box_and_it_keeps_what_was_typed(alices: Client, talk: Conversation) -> None:
    for path in ("/search/", "/search/?q=%22bold%22", f"/conversations/{talk.pk}/", "/usage/"):
        page = alices.get(path).content.decode()
        assert page.count('type="search"') == 1
        assert page.count('aria-label="Search"') == 1
    assert 'value="&quot;bold&quot;"' in alices.get("/search/?q=%22bold%22").content.decode()


def test_htmx_gets_a_fragment_and_the_list_when_the_box_is_emptied(
    alices: Client, talk: Conversation
) -> None:
    results = alices.get("/search/?q=bold", headers=HTMX)
    assert "<mark>bold</mark>" in results.content.decode()
    assert "HX-Request" in results.headers["Vary"]
    here = HTMX | {"HX-Current-URL": f"http://testserver{talk.get_absolute_url()}?at=1"}
    emptied = alices.get("/search/?q=", headers=here).content.decode()
    for fragment in (results.content.decode(), emptied):
        assert "<html" not in fragment
    assert re.search(f'href="/conversations/{talk.pk}/"[^>]* aria-current="page"', emptied)


def test_more_results_follow_by_a_link(alices: Client, talk: Conversation) -> None:
    say(talk, *(f"page {n}." for n in range(PAGE + 3)))
    first = alices.get("/search/", {"q": "page  &%+"}).content.decode()
    assert "page</mark> 3." in first
    assert "page</mark> 2." not in first
    link = unescape(re.search(r'<a class="button small" href="([^"]+)">More results', first)[1])
    assert parse_qs(urlsplit(link).query)["q"] == ["page  &%+"]
    for headers in ({}, HTMX):
        second = alices.get(link, headers=headers).content.decode()
        assert second.count("page</mark>") == 3
        assert "More results" not in second
        assert ("<html" in second) == (not headers)


@pytest.mark.parametrize("below", ["", "0", "-1", "abc", "²", "99999999999999999999", "1\x00"])
def test_a_page_that_is_not_there_is_a_page_all_the_same(
    alices: Client, talk: Conversation, below: str
) -> None:
    for headers in ({}, HTMX):
        assert alices.get("/search/", {"q": "bold", "below": below}, headers=headers).status_code == 200


def test_more_titles_are_a_search_of_their_own(alices: Client, alice: User) -> None:
    for number in range(7):
        conversation(alice, f"Weekly meeting {number}")
    first = alices.get("/search/", {"q": '"weekly meeting" meet'}).content.decode()
    assert first.count('class="found-title"') == 5
    link = unescape(re.search(r'href="([^"]+)">More conversations', first)[1])
    assert alices.get(link).content.decode().count("<mark>") == 7


def test_the_archive_is_offered_to_who_has_one(alices: Client, alice: User, talk: Conversation) -> None:
    assert "Search the archive" not in alices.get("/search/?q=bold").content.decode()
    say(conversation(alice, "Away", archived=True), "bold too")
    page = alices.get("/search/?q=bold").content.decode()
    link = unescape(re.search(r'href="([^"]+)">Search the archive', page)[1])
    there = alices.get(link).content.decode()
    assert "<mark>bold</mark> too" in there
    assert "a &lt;b&gt;" not in there
    back = unescape(re.search(r'href="([^"]+)">Search the other conversations', there)[1])
    assert back == "/search/?q=bold"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("bold before:2026-02-30", "“2026-02-30” is no day; write 2026-05-31, 2026-05 or 2026."),
        ("bold " + "x" * 500, "Only the first 400 characters are searched for."),
        ("a " * 150, "Only the first 100 words are searched for."),
        ("?! 🙂", "There are no letters or digits in this to search for."),
        ("no such thing", "Nothing was found."),
    ],
)
def test_what_was_not_understood_is_said(alices: Client, talk: Conversation, typed: str, said: str) -> None:
    assert said in alices.get("/search/", {"q": typed}).content.decode()


def test_there_are_a_hundred_hostile_queries() -> None:
    assert len(set(HOSTILE)) >= 100


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda typed: ascii(typed)[:30])
def test_a_hostile_query_is_answered_with_a_page(alices: Client, talk: Conversation, typed: str) -> None:
    answered(alices, typed)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "-",
                '"',
                "title:",
                "before:",
                "after:",
                "in:",
                "archive",
                "2026",
                "-02",
                "a",
                "日",
                " ",
                "\x00",
                "é",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_anything_typed_is_answered_with_a_page(alices: Client, talk: Conversation, typed: str) -> None:
    answered(alices, typed)


def answered(client: Client, typed: str) -> None:
    """A browser sends no lone surrogates; for those a page must be found all the same."""
    query = {"q": typed.encode("utf-8", "replace")}
    for headers in ({}, HTMX):
        answer = client.get("/search/", query, headers=headers)
        assert answer.status_code == 200
        answer.content.decode()


def test_a_large_account_costs_as_many_queries_as_a_small_one(
    alices: Client, charlies: Client, alice: User, charlie: User
) -> None:
    def cost(client: Client, owner: User, conversations: int) -> int:
        for number in range(conversations):
            say(
                conversation(owner, f"t{number}"),
                *(["rare"] if number % (conversations // 10) == 0 else ["often"]),
            )
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/search/?q=rare").content.decode().count("<mark>") == 10
        return len(queries)

    assert cost(charlies, charlie, 300) == cost(alices, alice, 20) <= 12
