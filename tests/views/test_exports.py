"""Exports: the refusals, and files that are safe to keep and to open."""

import asyncio
import json
import re

import pytest
from django.test import AsyncClient, Client

from chat.models import Conversation, User
from tests.said import answered, asked

PATHS = ["export.json", "export.md", "export.html"]


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """Alice's: one question with two answers, of which the second is the newest."""
    made = Conversation.objects.create(owner=alice, title="Hers")
    question = asked(made, "Only <b>hers</b>")
    for text in ("The *first*", "The *second*\n\n```python\nprint(1)\n```"):
        answered(question, text)
    return made


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals(
    guest: Client, charlies: Client, bobs: Client, conversation: Conversation, path: str, method: str
) -> None:
    url = f"/conversations/{conversation.pk}/{path}"
    wrong_method = method == "post"
    assert getattr(guest, method)(url).status_code == (405 if wrong_method else 302)
    for stranger in (charlies, bobs):  # staff see usage, not content
        assert getattr(stranger, method)(url).status_code == (405 if wrong_method else 404)


@pytest.mark.django_db(transaction=True)
def test_the_export_of_all_is_each_ones_own(
    guest: Client, charlie: User, bob: User, alice: User, alices: Client, conversation: Conversation
) -> None:
    assert guest.get("/conversations/export.json").status_code == 302
    assert guest.post("/conversations/export.json").status_code == 405
    for stranger in (charlie, bob):
        assert all_of(stranger) == {"parley": 1, "conversations": []}
    (hers,) = all_of(alice)["conversations"]
    assert hers == alices.get(f"/conversations/{conversation.pk}/export.json").json()


@pytest.mark.django_db(transaction=True)
def test_what_was_deleted_is_not_exported(alice: User, alices: Client, conversation: Conversation) -> None:
    conversation.delete_with_undo()
    assert all_of(alice)["conversations"] == []
    assert alices.get(f"/conversations/{conversation.pk}/export.json").status_code == 404


def test_json_has_the_names_of_the_public_format_in_their_order(
    alices: Client, conversation: Conversation
) -> None:
    exported = alices.get(f"/conversations/{conversation.pk}/export.json").json()
    public = ["id", "title", "model", "settings", "created_at", "messages"]
    added = ["uuid", "updated_at", "pinned", "archived", "folder", "leaf"]
    assert list(exported) == public + added
    question, first, second = exported["messages"]
    assert list(first) == ["id", "parent", "role", "text", "created_at", "reply"]
    usage = ["prompt_tokens", "completion_tokens", "usage_source", "cost_usd"]
    assert list(first["reply"]) == ["id", "state", "finish_reason", "model", *usage, "error"]
    assert (exported["id"], question["reply"], question["parent"]) == (conversation.pk, None, None)
    assert first["parent"] == second["parent"] == question["id"]


@pytest.mark.parametrize("path", ["export.md", "export.html"])
def test_the_shown_branch_is_exported(alices: Client, conversation: Conversation, path: str) -> None:
    url = f"/conversations/{conversation.pk}/{path}"
    newest = alices.get(url).content.decode()
    assert "second" in newest
    assert "first" not in newest
    first = conversation.messages.get(text="The *first*")
    other = alices.get(f"{url}?leaf={first.pk}").content.decode()
    assert "first" in other
    assert "second" not in other


def test_the_page_of_a_branch_links_to_the_exports_of_that_branch(
    alices: Client, conversation: Conversation
) -> None:
    first = conversation.messages.get(text="The *first*")
    url = conversation.get_absolute_url()
    assert f"{url}export.md?leaf={first.pk}" in alices.get(f"{url}?leaf={first.pk}").content.decode()
    assert f'{url}export.md"' in alices.get(url).content.decode()


@pytest.mark.parametrize("path", ["export.md", "export.html"])
@pytest.mark.parametrize("leaf", ["0", "-1", "abc", "99999999999999999999", "²"])
def test_a_leaf_that_is_not_there_is_a_404(
    alices: Client, conversation: Conversation, path: str, leaf: str
) -> None:
    assert alices.get(f"/conversations/{conversation.pk}/{path}?leaf={leaf}").status_code == 404


def test_markdown_is_what_was_written(alices: Client, conversation: Conversation) -> None:
    text = alices.get(f"/conversations/{conversation.pk}/export.md").content.decode()
    assert text == (
        "# Hers\n\n## You\n\nOnly <b>hers</b>\n\n## Assistant\n\nThe *second*\n\n```python\nprint(1)\n```\n"
    )


def test_a_page_runs_nothing_and_asks_nobody(alices: Client, alice: User) -> None:
    hostile = "<script>alert(1)</script>\n\n![x](https://evil.example/x.png) [y](javascript:alert(2))"
    made = Conversation.objects.create(owner=alice, title="</title><script>alert(3)</script>")
    answered(asked(made, hostile), hostile, model="<i>m</i>")
    page = alices.get(f"/conversations/{made.pk}/export.html").content.decode()
    assert not re.search(r"<(script|img|iframe|link|object|form)\b", page)
    assert not re.search(r'(src|href)="(?!https?:|mailto:)', page)
    assert "javascript:" not in re.sub(r">[^<]*<", "><", page)
    assert "<i>m" not in page
    assert "default-src 'none'; style-src 'sha256-" in page


def test_files_are_attachments_that_no_browser_guesses_about(
    alices: Client, conversation: Conversation
) -> None:
    for path in [f"/conversations/{conversation.pk}/{path}" for path in PATHS] + [
        "/conversations/export.json"
    ]:
        answer = alices.get(path)
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_title_cannot_break_out_of_the_header(alices: Client, conversation: Conversation) -> None:
    conversation.rename('../../etc/passwd"; filename=x\r\nX-Evil: 1 🦜')
    header = alices.get(f"/conversations/{conversation.pk}/export.json").headers["Content-Disposition"]
    assert "/" not in header.replace("UTF-8''", "")
    assert "\n" not in header
    assert header.count('"') == 2


def all_of(user: User) -> dict:
    """The streamed file, read as a server reads it."""

    async def fetch() -> bytes:
        streaming = AsyncClient()
        await streaming.aforce_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = await streaming.get("/conversations/export.json")
        return b"".join([piece async for piece in answer.streaming_content])

    return json.loads(asyncio.run(fetch()))
