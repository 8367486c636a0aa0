"""What is sent, shown: to nobody but its owner, with no key, and word for word."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import orjson
import pytest
from django.test import Client

from chat import replies
from chat.llm import render_request
from chat.models import Conversation, Message, User
from tests.said import answered, asked

HOSTILE = 'It\'s </script><script>alert(1)</script> "quoted" \\n $(id) {{ x }} &amp; 😀\r\n\u202eend'


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """Alice's, with a question and its answer."""
    made = Conversation.objects.create(owner=alice, title="Hers")
    answered(asked(made, HOSTILE), "Good day")
    return made


class Codes(HTMLParser):
    """The text of every code block of a page, as a browser reads and copies it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "pre":
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def codes_of(client: Client, path: str) -> list[str]:
    """JSON, curl, Python and JavaScript."""
    answer = client.get(path)
    assert answer.status_code == 200
    return Codes(answer.content.decode()).found


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("of", ["conversations", "messages"])
def test_refusals(
    guest: Client, charlies: Client, bobs: Client, conversation: Conversation, of: str, method: str
) -> None:
    number = conversation.pk if of == "conversations" else conversation.branch()[0].pk
    url = f"/{of}/{number}/request/"
    wrong_method = method == "post"
    assert getattr(guest, method)(url).status_code == (405 if wrong_method else 302)
    for stranger in (charlies, bobs):  # staff see usage, not content
        assert getattr(stranger, method)(url).status_code == (405 if wrong_method else 404)


def test_the_next_request_is_shown_as_it_will_be_sent(alices: Client, conversation: Conversation) -> None:
    shown, *_ = codes_of(alices, f"{conversation.get_absolute_url()}request/")
    wire = replies.next_request(conversation, conversation.branch())
    assert json.loads(shown) == orjson.loads(render_request(wire))
    assert json.loads(shown)["messages"][0]["content"] == HOSTILE
    assert json.loads(shown)["messages"][-1]["content"] == replies.NEXT


def test_of_a_message_it_ends_with_the_question(alices: Client, conversation: Conversation) -> None:
    question, answer = conversation.branch()
    for message in (question, answer):
        shown, *_ = codes_of(alices, f"/messages/{message.pk}/request/")
        assert [turn["content"] for turn in json.loads(shown)["messages"]] == [HOSTILE]


def test_another_branch_is_shown_by_its_leaf(alices: Client, conversation: Conversation) -> None:
    Message.objects.create(conversation=conversation, role="user", text="Elsewhere")
    url = f"{conversation.get_absolute_url()}request/"
    first, answer = Message.objects.order_by("pk")[:2]
    assert "Elsewhere" in codes_of(alices, url)[0]
    assert "Elsewhere" not in codes_of(alices, f"{url}?leaf={answer.pk}")[0]
    assert len(json.loads(codes_of(alices, f"{url}?leaf={first.pk}")[0])["messages"]) == 1


@pytest.mark.parametrize("leaf", ["0", "-1", "abc", "99999999999999999999", "²"])
def test_a_leaf_that_is_not_there_is_a_404(alices: Client, conversation: Conversation, leaf: str) -> None:
    assert alices.get(f"{conversation.get_absolute_url()}request/?leaf={leaf}").status_code == 404


def test_an_answer_that_nobody_asked_for_has_no_request(alices: Client, alice: User) -> None:
    lone = Message.objects.create(
        conversation=Conversation.objects.create(owner=alice, title="Hers"), role="assistant", text="Hello"
    )
    assert alices.get(f"/messages/{lone.pk}/request/").status_code == 404


def test_an_empty_conversation_shows_the_first_request(alices: Client, alice: User) -> None:
    empty = Conversation.objects.create(owner=alice, title="Empty")
    shown, *_ = codes_of(alices, f"{empty.get_absolute_url()}request/")
    assert len(json.loads(shown)["messages"]) == 1


def test_what_people_wrote_is_shown_as_text(alices: Client, conversation: Conversation) -> None:
    page = alices.get(f"{conversation.get_absolute_url()}request/").content.decode()
    assert "<script>alert" not in page


def test_the_key_is_never_shown(alices: Client, conversation: Conversation, settings: Any) -> None:
    settings.MODEL_API_BASE = "https://who:secret@models.example.org/v1"
    settings.MODEL_API_KEY = "sk-secret-of-the-site"
    page = alices.get(f"{conversation.get_absolute_url()}request/").content.decode()
    assert "https://models.example.org/v1/chat/completions" in page
    assert "$MODEL_API_KEY" in page
    assert "secret" not in page


def test_an_endpoint_that_wants_no_key_gets_none(
    alices: Client, conversation: Conversation, settings: Any
) -> None:
    settings.MODEL_API_KEY = ""
    assert not [
        code for code in codes_of(alices, f"{conversation.get_absolute_url()}request/") if "API_KEY" in code
    ]


def test_aiml_api_has_a_variable_of_its_own(
    alices: Client, conversation: Conversation, settings: Any
) -> None:
    settings.MODEL_API_BASE = settings.AIMLAPI_BASE
    _, curl, python, javascript = codes_of(alices, f"{conversation.get_absolute_url()}request/")
    assert 'Bearer $AIMLAPI_API_KEY"' in curl
    assert "os.environ['AIMLAPI_API_KEY']" in python
    assert "process.env.AIMLAPI_API_KEY" in javascript


def test_the_embedded_models_own_address_is_of_no_use_to_others(
    alices: Client, conversation: Conversation, settings: Any
) -> None:
    settings.EMBEDDED_MODEL = True
    settings.MODEL_API_BASE, settings.MODEL_API_KEY = "http://127.0.0.1:9/v1", "key-of-the-embedded-model"
    page = alices.get(f"{conversation.get_absolute_url()}request/").content.decode()
    assert "https://api.aimlapi.com/v1/chat/completions" in page
    assert "mistralai/mistral-tiny" in page
    assert "Here the embedded demo model answers" in page
    assert "127.0.0.1:9" not in page
    assert "key-of-the-embedded-model" not in page


@pytest.mark.parametrize(
    ("query", "chosen"), [("", "json"), ("?as=python", "python"), ("?as=perl", "json"), ("?as=", "json")]
)
def test_the_tab_can_be_chosen_by_the_address(
    alices: Client, conversation: Conversation, query: str, chosen: str
) -> None:
    page = alices.get(f"{conversation.get_absolute_url()}request/{query}").content.decode()
    assert re.findall(r'id="as-(\w+)" checked', page) == [chosen]


def test_looking_changes_nothing(alices: Client, conversation: Conversation) -> None:
    before = Conversation.objects.values().get(), list(Message.objects.values())
    alices.get(f"{conversation.get_absolute_url()}request/")
    assert (Conversation.objects.values().get(), list(Message.objects.values())) == before


def test_the_cut_stands_among_earlier_messages_too(
    alices: Client, conversation: Conversation, settings: Any
) -> None:
    settings.CONTEXT_TOKENS, settings.MAX_TOKENS = 100_000, 1000
    parent = conversation.branch()[-1]
    for _ in range(110):
        parent = Message.objects.create(
            conversation=conversation, role="user", text="x" * 2000, parent=parent
        )
    settings.CONTEXT_TOKENS = 1000 + 2000 * 105 // 3  # of the 110 long ones 104 fit
    page = alices.get(conversation.get_absolute_url()).content.decode()
    assert 'id="cut"' not in page
    before = re.findall(r"before=(\d+)", page)[0]
    url = f"{conversation.get_absolute_url()}?leaf={parent.pk}&before={before}"
    assert alices.get(url, headers={"HX-Request": "true"}).content.decode().count('id="cut"') == 1
