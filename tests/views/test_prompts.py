"""The prompt library: what is kept, what is refused, and what `/name` stands for in a message."""

import tracemalloc
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from chat.models import Conversation, Message, SavedPrompt, User
from tests.running import Running

HTMX = {"HX-Request": "true"}


@pytest.fixture
def prompt(alice: User) -> SavedPrompt:
    return SavedPrompt.objects.create(owner=alice, name="sum", text="Summarize <b>this</b>:")


def kept(user: User) -> dict[str, str]:
    return dict(SavedPrompt.objects.visible_to(user).values_list("name", "text"))


@pytest.mark.parametrize("path", ["", "text/", "delete/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals(
    guest: Client,
    charlies: Client,
    bobs: Client,
    prompt: SavedPrompt,
    path: str,
    method: str,
) -> None:
    url = f"/prompts/{prompt.pk}/{path}"
    fields = {"name": "theirs", "text": "Theirs"}
    wrong_method = (path, method) in {("text/", "post"), ("delete/", "get")}
    refused = 401 if method == "post" else 302  # the page of a 401 gives the text back
    assert getattr(guest, method)(url, fields).status_code == (405 if wrong_method else refused)
    for stranger in (charlies, bobs):
        assert getattr(stranger, method)(url, fields).status_code == (405 if wrong_method else 404)
    prompt.refresh_from_db()
    assert prompt.name == "sum"


def test_the_library_shows_ones_own_alone(
    guest: Client, alices: Client, charlies: Client, bobs: Client, prompt: SavedPrompt
) -> None:
    assert guest.get("/prompts/").headers["Location"] == "/accounts/login/?next=/prompts/"
    page = alices.get("/prompts/").content.decode()
    assert "/sum" in page
    assert "Summarize &lt;b&gt;this&lt;/b&gt;:" in page
    for stranger in (charlies, bobs):
        for path in ("/prompts/", "/prompts/?choices"):
            assert "Summarize &lt;b&gt;" not in stranger.get(path).content.decode()
        assert stranger.get(f"/conversations/?prompt={prompt.pk}").status_code == 404


def test_a_prompt_is_made_changed_and_deleted(alices: Client, alice: User) -> None:
    answer = alices.post("/prompts/", {"name": " /Grüße-2 ", "text": "Greet\r\nthem"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/prompts/")
    assert kept(alice) == {"grüße-2": "Greet\nthem"}
    pk = SavedPrompt.objects.get().pk
    assert alices.post(f"/prompts/{pk}/", {"name": "greet", "text": "Greet"}).status_code == 303
    assert kept(alice) == {"greet": "Greet"}
    assert alices.post(f"/prompts/{pk}/delete/").headers["Location"] == "/prompts/"
    assert kept(alice) == {}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("", "Text", "A prompt needs a name."),
        ("/", "Text", "A prompt needs a name."),
        ("two words", "Text", "A name holds letters, digits, hyphens and underscores only."),
        ("etc/hosts", "Text", "A name holds letters, digits, hyphens and underscores only."),
        ("a\x00b", "Text", "A name holds letters, digits, hyphens and underscores only."),
        ("x" * 51, "Text", "A name has at most 50 characters."),
        ("x" * 99, "Text", "A name has at most 50 characters."),
        ("SUM", "Text", "You have a prompt with the name “sum” already."),
        ("name", "", "A prompt needs a text."),
        ("name", " \u200b\n", "A prompt needs a text."),
        ("name", "a\x00b", "A text cannot hold NUL characters."),
        ("name", "x" * 100_001, "The text has 100,001 characters; at most 100,000 can be kept."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    alices: Client, alice: User, prompt: SavedPrompt, name: str, text: str, sentence: str
) -> None:
    answer = alices.post("/prompts/", {"name": name, "text": text})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    other = SavedPrompt.objects.create(owner=alice, name="other", text="Other")
    answer = alices.post(f"/prompts/{other.pk}/", {"name": name, "text": text})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert kept(alice) == {"sum": prompt.text, "other": "Other"}


def test_two_people_may_use_one_name(
    alice: User, charlies: Client, charlie: User, prompt: SavedPrompt
) -> None:
    assert charlies.post("/prompts/", {"name": "sum", "text": "His"}).status_code == 303
    assert (kept(charlie), len(kept(alice))) == ({"sum": "His"}, 1)


def test_there_is_an_end_to_the_library(alices: Client, alice: User, prompt: SavedPrompt) -> None:
    SavedPrompt.objects.bulk_create(
        SavedPrompt(owner=alice, name=f"name-{number}", text="Text") for number in range(499)
    )
    answer = alices.post("/prompts/", {"name": "more", "text": "More"})
    assert answer.status_code == 422
    assert "You have 500 prompts, which is as many as there may be." in answer.content.decode()
    assert alices.post(f"/prompts/{prompt.pk}/", {"name": "sum", "text": "New"}).status_code == 303


def test_the_list_for_the_composer_has_names_and_no_more_than_the_beginnings(
    alices: Client, alice: User, prompt: SavedPrompt
) -> None:
    SavedPrompt.objects.create(owner=alice, name="long", text="x" * 100_000)
    choices = alices.get("/prompts/?choices", headers=HTMX).content.decode()
    assert choices.index('data-name="long"') < choices.index('data-name="sum"')
    assert f'data-text="/prompts/{prompt.pk}/text/"' in choices
    assert "Summarize &lt;b&gt;this&lt;/b&gt;:" in choices
    assert len(choices) < 2000


def test_the_text_is_text(alices: Client, prompt: SavedPrompt) -> None:
    answer = alices.get(f"/prompts/{prompt.pk}/text/")
    assert answer.content.decode() == "Summarize <b>this</b>:"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_new_chat_can_begin_with_a_prompt(alices: Client, prompt: SavedPrompt) -> None:
    page = alices.get(f"/conversations/?prompt={prompt.pk}")
    assert page.context["composer"]["draft"] == "Summarize <b>this</b>:"
    assert alices.get("/conversations/?prompt=99999999999999999999").context["composer"]["draft"] == ""


def send(client: Client, text: str, path: str = "/conversations/", **headers: str) -> Any:
    return client.post(path, {"text": text, "send_id": str(uuid4())}, headers=headers)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("/sum", "Summarize:"),
        ("/SUM \n ", "Summarize:"),
        ("/sum It was night.\nIt rained.", "Summarize:\n\nIt was night.\nIt rained."),
        ("/sum\nIt was night.", "Summarize:\n\nIt was night."),
        ("/into French, please", "Say it in French, please. I mean French, please."),
        ("/etc/hosts", "/etc/hosts"),
        ("/sum/it", "/sum/it"),
        ("/summary", "/summary"),
        ("/su", "/su"),
        (" /sum", " /sum"),
        ("see /sum", "see /sum"),
        ("/ sum", "/ sum"),
        ("/sum: this", "/sum: this"),
        ("/his", "/his"),
        ("{{blank}}", "{{blank}}"),
    ],
)
def test_a_name_at_the_beginning_stands_for_the_text(
    alices: Client, alice: User, charlie: User, process: Running, sent: str, message: str
) -> None:
    SavedPrompt.objects.create(owner=alice, name="sum", text="Summarize:")
    SavedPrompt.objects.create(
        owner=alice, name="into", text="Say it in {{language}}. I mean {{ language }}."
    )
    SavedPrompt.objects.create(owner=charlie, name="his", text="His")
    assert send(alices, sent).status_code == 303
    conversation = Conversation.objects.create(owner=alice, title="Hers")
    assert send(alices, sent, f"{conversation.get_absolute_url()}messages/").status_code == 303
    texts = Message.objects.filter(role="user").values_list("text", flat=True)
    assert list(texts) == [message, message]


@pytest.mark.parametrize("sent", ["/letter", "/letter Be kind."])
def test_blanks_that_nobody_filled_in_come_back_in_the_box(
    alices: Client, alice: User, process: Running, sent: str
) -> None:
    SavedPrompt.objects.create(owner=alice, name="letter", text="To {{name}} about {{topic}}, {{name}}.")
    rest = "\n\nBe kind." if " " in sent else ""
    answer = send(alices, sent)
    assert answer.status_code == 422
    assert "“/letter” has blanks to fill in: {{name}}, {{topic}}." in answer.content.decode()
    draft = answer.context["composer"]["draft"]
    assert draft == "To {{name}} about {{topic}}, {{name}}." + rest
    assert not Message.objects.exists()

    answer = send(alices, sent, **HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#composer-notice")
    assert 'hx-target="#composer-text"' in answer.content.decode()

    assert send(alices, draft).status_code == 303  # as it is, if that is what is wanted
    assert Message.objects.get(role="user").text == draft


def test_a_prompt_that_makes_the_message_too_long_is_refused(
    alices: Client, alice: User, process: Running
) -> None:
    SavedPrompt.objects.create(owner=alice, name="long", text="x" * 99_999)
    answer = send(alices, "/long more")
    assert answer.status_code == 422
    assert "With the text of the prompt the message has 100,005 characters;" in answer.content.decode()
    assert answer.context["composer"]["draft"] == "/long more"


def test_a_blank_that_stands_in_a_prompt_twenty_thousand_times_is_measured_before_it_is_filled_in(
    alices: Client, alice: User, process: Running
) -> None:
    SavedPrompt.objects.create(owner=alice, name="many", text="{{a}}" * 20_000)
    tracemalloc.start()
    answer = send(alices, "/many " + "x" * 90_000)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 422
    assert "the message has 1,800,000,000 characters;" in answer.content.decode()
    assert most < 32_000_000


def test_a_prompt_that_is_sent_twice_by_one_form_is_one_message(
    alices: Client, process: Running, prompt: SavedPrompt
) -> None:
    fields = {"text": "/sum", "send_id": str(uuid4())}
    first, second = (alices.post("/conversations/", fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Message.objects.filter(role="user").count() == 1


def test_hostile_text_takes_no_time(alices: Client, alice: User) -> None:
    text = "{{" + " " * 99_000 + "{{" * 300
    prompt = SavedPrompt.objects.create(owner=alice, name="hostile", text=text)
    assert prompt.blanks == []
    assert SavedPrompt.objects.visible_to(alice).expand("/" + "x" * 99_000) == "/" + "x" * 99_000
