"""The list of conversations: its groups and pages, and what is done to an entry; refusals in the same order."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from chat.models import Conversation, Folder, Reply, User
from chat.views import listing
from chat.views.listing import Cursor
from tests.said import answered, asked

HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return Conversation.objects.create(owner=alice, title="Hers")


def from_page(path: str) -> dict[str, str]:
    """The headers of an htmx request that is sent from the page at `path`."""
    return {**HTMX, "HX-Current-URL": f"http://testserver{path}"}


def titles(page: str) -> list[str]:
    return re.findall(r'class="conversation-title">([^<]*)<', page)


def groups(page: str) -> list[str]:
    return re.findall(r'class="group-title">([^<]*)<', page)


def get(client: Client, path: str = "/conversations/", **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def make(owner: User, count: int, **more: Any) -> list[Conversation]:
    """So many conversations, newest first, a minute apart."""
    return Conversation.objects.bulk_create(
        Conversation(
            owner=owner, title=f"Number {number}", updated_at=NOW - timedelta(minutes=number), **more
        )
        for number in range(count)
    )


def answer_in(conversation: Conversation, state: str = "done", **more: Any) -> Reply:
    return answered(asked(conversation, "Is it?"), "Yes.", state=state, **more).reply


def older_link(page: str) -> str | None:
    found = re.search(r'class="older" data-older href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.parametrize("path", ["pin/", "archive/", "folder/", "read/", "menu/", "mark/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals(
    guest: Client, charlies: Client, bobs: Client, conversation: Conversation, path: str, method: str
) -> None:
    reply = answer_in(conversation)
    url = f"/conversations/{conversation.pk}/{path}"
    wrong_method = (method == "get") != (path in ("menu/", "mark/"))
    assert getattr(guest, method)(url).status_code == (405 if wrong_method else 302)
    for stranger in (charlies, bobs):
        assert getattr(stranger, method)(url).status_code == (405 if wrong_method else 404)
    conversation.refresh_from_db()
    reply.refresh_from_db()
    assert (conversation.pinned, conversation.archived, reply.seen) == (False, False, False)


def test_a_conversation_that_was_deleted_is_a_404(alices: Client, conversation: Conversation) -> None:
    conversation.delete_with_undo()
    for path in ("pin/", "archive/", "folder/", "read/"):
        assert alices.post(f"{conversation.get_absolute_url()}{path}").status_code == 404
    for path in ("menu/", "mark/"):
        assert alices.get(f"{conversation.get_absolute_url()}{path}").status_code == 404


@pytest.mark.parametrize(
    ("days", "group"),
    [
        (-1, "Today"),  # by a clock that was wrong
        (0, "Today"),
        (1, "Yesterday"),
        (2, "Previous 7 days"),
        (7, "Previous 7 days"),
        (8, "Previous 30 days"),
        (30, "Previous 30 days"),
        (31, "October 2026"),
        (400, "October 2025"),
    ],
)
def test_the_group_of_an_entry_is_told_by_its_day(days: int, group: str) -> None:
    assert listing.group_of(False, NOW - timedelta(days=days), NOW.date()) == group
    assert listing.group_of(True, NOW - timedelta(days=days), NOW.date()) == "Pinned"


def test_days_are_those_of_the_sites_time_zone() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert listing.group_of(False, late, NOW.date()) == "Yesterday"
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert listing.group_of(False, late, NOW.date()) == "Today"


def test_the_list_is_newest_first_below_its_groups(alices: Client, alice: User) -> None:
    now = timezone.now()
    for days, title in ((0, "New"), (1, "Second"), (1, "Pinned one"), (60, "Old")):
        Conversation.objects.create(
            owner=alice,
            title=title,
            updated_at=now - timedelta(days=days, seconds=1),
            pinned=title == "Pinned one",
        )
    page = get(alices)
    assert titles(page) == ["Pinned one", "New", "Second", "Old"]
    assert groups(page)[:3] == ["Pinned", "Today", "Yesterday"]
    assert re.fullmatch(r"[A-Z][a-z]+ \d{4}", groups(page)[3])


@pytest.mark.parametrize("pinned", [0, 3, 100, 130])
def test_every_conversation_is_listed_once_at_most_a_hundred_a_page(
    alices: Client, alice: User, pinned: int
) -> None:
    made = make(alice, 250)
    Conversation.objects.filter(pk__in=[one.pk for one in made[:pinned]]).update(pinned=True)
    page, seen, headed = get(alices), [], []
    while True:
        found = titles(page)
        assert len(found) <= 100
        seen += found
        headed += groups(page)
        link = older_link(page)
        if link is None:
            break
        page = get(alices, link, **HTMX)
        assert "<html" not in page
    assert seen == [one.title for one in made]
    assert len(headed) == len(set(headed))  # no group has two headings


def test_conversations_of_the_same_moment_are_neither_lost_nor_repeated(alices: Client, alice: User) -> None:
    made = Conversation.objects.bulk_create(
        Conversation(owner=alice, title=f"Number {number}", updated_at=NOW) for number in range(150)
    )
    first = get(alices)
    second = get(alices, older_link(first) or "")
    assert titles(first) + titles(second) == [one.title for one in reversed(made)]


def test_without_htmx_the_link_leads_to_a_page_whose_list_goes_on(alices: Client, alice: User) -> None:
    make(alice, 101)
    page = get(alices, older_link(get(alices)) or "")
    assert "<html" in page
    assert titles(page) == ["Number 100"]
    assert len(groups(page)) == 1
    assert "Newest conversations" in page
    assert older_link(page) is None


@pytest.mark.parametrize("cursor", ["", "x", "1", "1-", "-1", "p", "²-1", "9" * 18 + "-1", "1-" + "9" * 30])
def test_a_cursor_that_no_page_gave_out_leads_to_the_first_page(
    alices: Client, conversation: Conversation, cursor: str
) -> None:
    assert titles(get(alices, f"/conversations/?before={cursor}")) == ["Hers"]


def test_a_cursor_says_the_same_when_it_is_read_again(conversation: Conversation) -> None:
    conversation.refresh_from_db()
    for conversation.pinned in (True, False):
        cursor = Cursor.after(conversation)
        assert Cursor.parse(str(cursor)) == cursor


def test_the_list_costs_as_many_queries_with_250_conversations_as_with_one(
    alices: Client, conversation: Conversation, alice: User, django_assert_max_num_queries: Any
) -> None:
    make(alice, 249)
    Folder.objects.create(owner=alice, name="One")
    for path in ("/conversations/", conversation.get_absolute_url(), "/usage/"):
        with django_assert_max_num_queries(12):
            get(alices, path)


def test_a_page_with_a_hundred_entries_stays_small(alices: Client, alice: User) -> None:
    make(alice, 100)
    Conversation.objects.update(title="x" * 5000)
    assert len(get(alices)) < 100_000


def test_an_archived_conversation_is_in_the_archive_alone(alices: Client, conversation: Conversation) -> None:
    conversation.pin(True)
    answer = alices.post(f"{conversation.get_absolute_url()}archive/", {"archived": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    assert titles(get(alices)) == []
    assert titles(get(alices, "/conversations/?in=archive")) == ["Hers"]
    page = get(alices, conversation.get_absolute_url())
    assert "Unarchive" in page
    assert titles(page) == []
    conversation.refresh_from_db()
    assert not conversation.pinned

    alices.post(f"{conversation.get_absolute_url()}archive/", {"archived": "0"})
    assert titles(get(alices)) == ["Hers"]


def test_the_front_door_passes_the_archive_by(
    alices: Client, conversation: Conversation, alice: User
) -> None:
    Conversation.objects.create(owner=alice, title="Newer", archived=True)
    assert alices.get("/").headers["Location"] == conversation.get_absolute_url()


def test_a_pinned_conversation_stands_on_top_until_it_is_unpinned(
    alices: Client, conversation: Conversation, alice: User
) -> None:
    Conversation.objects.create(owner=alice, title="Newer")
    url = f"{conversation.get_absolute_url()}pin/"
    answer = alices.post(url, {"pinned": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    assert titles(get(alices)) == ["Hers", "Newer"]
    alices.post(url, {"pinned": "0"})
    assert titles(get(alices)) == ["Newer", "Hers"]


def test_a_form_of_the_list_is_answered_with_the_list_when_another_page_is_shown(
    alices: Client, conversation: Conversation, alice: User
) -> None:
    other = Conversation.objects.create(owner=alice, title="Other")
    beside = from_page(other.get_absolute_url())
    for path in ("pin/", "archive/", "folder/", "read/", "rename/", "delete/", "restore/"):
        answer = alices.post(f"{conversation.get_absolute_url()}{path}", {"title": "Hers"}, headers=beside)
        assert answer.status_code == 200
        assert "HX-Redirect" not in answer.headers
        page = answer.content.decode()
        assert "<html" not in page
        assert re.search(rf'id="conversation-{other.pk}"[^>]*aria-current="page"', page)


def test_a_form_of_the_list_about_the_shown_conversation_loads_its_page_anew(
    alices: Client, conversation: Conversation
) -> None:
    shown = from_page(conversation.get_absolute_url())
    for path in ("pin/", "archive/", "folder/", "rename/"):
        answer = alices.post(f"{conversation.get_absolute_url()}{path}", {"title": "Hers"}, headers=shown)
        assert answer.headers["HX-Redirect"] == conversation.get_absolute_url()
    answer = alices.post(f"{conversation.get_absolute_url()}delete/", headers=shown)
    assert answer.headers["HX-Redirect"] == f"/conversations/?deleted={conversation.pk}"


@pytest.mark.parametrize(("path", "undo"), [("delete/", "restore/"), ("archive/", "archive/")])
def test_the_list_offers_what_undoes_a_form_of_it(
    alices: Client, conversation: Conversation, path: str, undo: str
) -> None:
    beside = from_page("/conversations/")
    url = conversation.get_absolute_url()
    page = alices.post(url + path, headers=beside).content.decode()
    assert titles(page) == []
    assert re.search(rf'hx-post="{url}{undo}".*>Undo<', page, re.DOTALL)
    page = alices.post(url + undo, {"archived": "0"}, headers=beside).content.decode()
    assert titles(page) == ["Hers"]
    assert "Undo" not in page


def test_a_title_that_cannot_be_is_refused_beside_the_list(
    alices: Client, conversation: Conversation
) -> None:
    url = conversation.get_absolute_url()
    for page in ("/conversations/", url):
        answer = alices.post(f"{url}rename/", {"title": " "}, headers=from_page(page))
        assert answer.status_code == 422
        assert answer.headers["HX-Retarget"] == "#list-notice"
        assert "A conversation needs a title." in answer.content.decode()
        assert "<html" not in answer.content.decode()


def test_the_list_alone_is_what_an_open_page_asks_for(
    alices: Client, conversation: Conversation, alice: User
) -> None:
    folder = Folder.objects.create(owner=alice, name="Some")
    page = get(alices, **from_page(conversation.get_absolute_url()))
    assert titles(page) == ["Hers"]
    assert 'aria-current="page"' in page
    assert "<html" not in page
    for path in (f"/conversations/?folder={folder.pk}", "/conversations/?in=archive"):
        assert titles(get(alices, **from_page(path))) == []
    for path in ("/conversations/?folder=0", "/nowhere/", "/usage/", ""):  # such as a folder that is gone
        assert titles(get(alices, **from_page(path))) == ["Hers"]


def test_the_menu_of_an_entry_is_a_fragment_and_without_htmx_its_page(
    alices: Client, conversation: Conversation
) -> None:
    url = f"{conversation.get_absolute_url()}menu/"
    page = get(alices, url, **HTMX)
    for word in ("Pin", "Rename…", "Move to folder", "Archive", "Delete"):
        assert f"<span>{word}</span>" in page
    assert "Mark as read" not in page
    assert alices.get(url).headers["Location"] == conversation.get_absolute_url()
    answer_in(conversation)
    assert "Mark as read" in get(alices, url, **HTMX)


@pytest.mark.parametrize("state", ["done", "interrupted", "failed"])
def test_what_has_ended_is_marked_until_it_is_read(
    alices: Client, conversation: Conversation, state: str
) -> None:
    reply = answer_in(conversation, state)
    page = get(alices, conversation.get_absolute_url())
    assert "(new reply)" in page
    assert 'data-read="unread"' in page
    reply.refresh_from_db()
    assert not reply.seen  # a GET changes nothing

    answer = alices.post(f"{conversation.get_absolute_url()}read/")
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    assert "(new reply)" not in get(alices)
    assert 'data-read=""' in get(alices, conversation.get_absolute_url())


def test_what_ends_while_its_page_is_made_is_new_on_that_page(
    alices: Client, conversation: Conversation
) -> None:
    reply, ended = answer_in(conversation, "running"), list[str]()

    def end(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Just before the messages are read, and so after the conversation was."""
        if 'FROM "chat_message"' in sql and not ended:
            ended.append(sql)
            Reply.objects.filter(pk=reply.pk).update(state="done")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(end):
        page = get(alices, conversation.get_absolute_url())
    assert 'aria-busy="false"' in page
    assert 'data-read="unread"' in page


def test_a_running_reply_is_marked_as_running_and_a_stopped_one_is_no_news(
    alices: Client, conversation: Conversation
) -> None:
    reply = answer_in(conversation, "running")
    assert "(being answered)" in get(alices)
    assert 'data-read=""' in get(alices, conversation.get_absolute_url())
    Reply.objects.filter(pk=reply.pk).update(state="stopped")
    page = get(alices)
    assert "(being answered)" not in page
    assert "(new reply)" not in page


def test_the_mark_of_a_running_reply_looks_again_beside_other_conversations_until_it_ends(
    alices: Client, conversation: Conversation
) -> None:
    url = f"{conversation.get_absolute_url()}mark/"
    reply = answer_in(conversation, "running")
    assert f'hx-get="{url}"' in get(alices)
    assert f'hx-get="{url}"' not in get(alices, conversation.get_absolute_url())
    assert f'hx-get="{url}"' in get(alices, url, **HTMX)
    assert alices.get(url).headers["Location"] == conversation.get_absolute_url()

    Reply.objects.filter(pk=reply.pk).update(state="done")
    mark = get(alices, url, **HTMX)
    assert "(new reply)" in mark
    assert "hx-get" not in mark


def test_reading_leaves_what_still_runs(alices: Client, conversation: Conversation) -> None:
    ended, running = answer_in(conversation), answer_in(conversation, "running")
    shown = from_page(conversation.get_absolute_url())
    answer = alices.post(f"{conversation.get_absolute_url()}read/", headers=shown)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'hx-target="#conversation-{conversation.pk}-mark"' in page
    assert "(being answered)" in page
    ended.refresh_from_db()
    running.refresh_from_db()
    assert (ended.seen, running.seen) == (True, False)


def test_an_undo_is_offered_for_ten_seconds_and_accepted_a_little_longer(
    alices: Client, conversation: Conversation
) -> None:
    url = conversation.get_absolute_url()
    offer = f"/conversations/?deleted={conversation.pk}"
    for seconds, offered, status in ((9, True, 303), (12, False, 303), (21, False, 404)):
        conversation.deleted_at = timezone.now() - timedelta(seconds=seconds)
        conversation.save()
        assert ("Undo" in get(alices, offer)) is offered
        assert alices.post(f"{url}restore/").status_code == status
