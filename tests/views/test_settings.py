"""The settings of a conversation: what is taken, what is refused, and in which sentence."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from chat.models import Call, Conversation, Message, User
from tests.running import Running

HTMX = {"HX-Request": "true"}
EVERYTHING = {
    "model": "mistralai/mistral-tiny",
    "system": "Be brief.\r\nBe kind.",
    "temperature": "0,7",
    "max_tokens": "500",
    "top_p": "0.9",
    "seed": "7",
    "stop": "END\r\n\\n\\n\r\n\r\n",
    "top_k": "40",
    "min_p": "0.05",
    "top_a": "0.1",
    "repetition_penalty": "1.1",
    "frequency_penalty": "-0.5",
    "presence_penalty": "2",
    "response_format": "json_schema",
    "schema": '{"type": "object"}',
    "prediction": "Dear all",
}


@pytest.fixture
def conversation(alice: User) -> Conversation:
    made = Conversation.objects.create(owner=alice, title="Hers", settings={"system": "Hers"})
    Message.objects.create(conversation=made, role="user", text="Hello")
    return made


def save(client: Client, conversation: Conversation, **fields: str) -> Any:
    return client.post(f"{conversation.get_absolute_url()}settings/", fields)


def test_refusals(guest: Client, charlies: Client, bobs: Client, conversation: Conversation) -> None:
    where = f"{conversation.get_absolute_url()}settings/"
    assert guest.post(where, {"system": "Theirs"}).status_code == 302
    assert guest.get(where).status_code == 405
    for stranger in (charlies, bobs):
        assert stranger.post(where, {"system": "Theirs"}).status_code == 404
        assert stranger.get(where).status_code == 405
    conversation.refresh_from_db()
    assert conversation.settings == {"system": "Hers"}


def test_everything_that_can_be_set(alices: Client, conversation: Conversation) -> None:
    answer = save(alices, conversation, **EVERYTHING)
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    conversation.refresh_from_db()
    assert conversation.model == "mistralai/mistral-tiny"
    assert conversation.settings == {
        "system": "Be brief.\nBe kind.",
        "temperature": 0.7,
        "max_tokens": 500,
        "top_p": 0.9,
        "seed": 7,
        "stop": ["END", "\n\n"],
        "top_k": 40,
        "min_p": 0.05,
        "top_a": 0.1,
        "repetition_penalty": 1.1,
        "frequency_penalty": -0.5,
        "presence_penalty": 2.0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": {"type": "object"}},
        },
        "prediction": {"type": "content", "content": "Dear all"},
    }


def test_what_was_saved_stands_in_the_form_and_is_saved_again_as_it_was(
    alices: Client, conversation: Conversation
) -> None:
    save(alices, conversation, **EVERYTHING)
    conversation.refresh_from_db()
    before = conversation.settings
    form = alices.get(conversation.get_absolute_url()).context["settings"]
    fields = {field.name: field.value() for field in form}
    assert fields["temperature"] == "0.7"
    assert fields["stop"] == "END\n\\n\\n"
    save(alices, conversation, **fields)
    conversation.refresh_from_db()
    assert conversation.settings == before


def test_what_is_emptied_is_not_sent_and_what_is_absent_stays(
    alices: Client, conversation: Conversation
) -> None:
    save(alices, conversation, **EVERYTHING)
    save(alices, conversation, **dict.fromkeys(EVERYTHING, "") | {"seed": "9"})
    conversation.refresh_from_db()
    assert (conversation.model, conversation.settings) == ("", {"seed": 9})
    save(alices, conversation, temperature="0")
    conversation.refresh_from_db()
    assert conversation.settings == {"seed": 9, "temperature": 0.0}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("temperature", "2.1", "Temperature must be a number from 0 to 2."),
        ("temperature", "-0.1", "Temperature must be a number from 0 to 2."),
        ("temperature", "NaN", "Temperature must be a number from 0 to 2."),
        ("temperature", "1e999", "Temperature must be a number from 0 to 2."),
        ("temperature", "warm", "Temperature must be a number from 0 to 2."),
        ("top_p", "0", "Top P must be a number from 0.01 to 1."),
        ("top_k", "1.5", "Top K must be a whole number from 0 to 1,000,000."),
        ("min_p", "1", "Min P must be a number from 0.001 to 0.999."),
        ("top_a", "Infinity", "Top A must be a number from 0 to 1."),
        ("repetition_penalty", "11", "Repetition penalty must be a number from 0 to 10."),
        ("frequency_penalty", "-2.5", "Frequency penalty must be a number from -2 to 2."),
        ("presence_penalty", "2.5", "Presence penalty must be a number from -2 to 2."),
        ("seed", "0", "Seed must be a whole number from 1 to 9,007,199,254,740,991."),
        ("seed", "9" * 5000, "Seed must be a whole number from 1 to 9,007,199,254,740,991."),
        ("max_tokens", "0", "Max tokens must be a whole number from 1 to"),
        ("max_tokens", "32000", "Max tokens must be a whole number from 1 to 31,744."),
        ("stop", "a\nb\nc\nd\ne", "Stop takes at most 4 texts, one a line."),
        ("stop", "x" * 201, "Stop: a text has at most 200 characters."),
        ("stop", "a\x00", "Stop cannot hold NUL characters."),
        ("system", "x" * 20_001, "System prompt has 20,001 characters;"),
        ("system", "a\x00", "System prompt cannot hold NUL characters."),
        ("prediction", "x" * 20_001, "Prediction has at most 20,000 characters."),
        ("model", "gpt-9", "The model “gpt-9” is not offered here."),
        ("response_format", "yaml", "Format of answers is none of those that can be chosen."),
        ("response_format", "json_schema", "JSON schema is missing"),
        ("schema", "{", "JSON schema is not valid JSON."),
        ("schema", "[]", "JSON schema must be a JSON object, in braces."),
        ("schema", '{"a":' * 1500 + "1" + "}" * 1500, "JSON schema is"),
        ("schema", '{"a":' * 50 + "1" + "}" * 50, "JSON schema is nested too deeply"),
        ("schema", '{"a": "\\ud800"}', "JSON schema is not valid JSON."),
        ("schema", '{"a": "\\u0000"}', "JSON schema is nested too deeply or holds NUL characters."),
        ("schema", '{"a": NaN}', "JSON schema is not valid JSON."),
        ("schema", '{"a": "' + "x" * 20_000 + '"}', "JSON schema has at most 20,000 characters."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_that_names_the_field(
    alices: Client, conversation: Conversation, settings: Any, name: str, value: str, sentence: str
) -> None:
    settings.CONTEXT_TOKENS, settings.MAX_TOKENS = 32_000, 2048
    for headers in ({}, HTMX):
        answer = alices.post(f"{conversation.get_absolute_url()}settings/", {name: value}, headers=headers)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert answer.headers["HX-Retarget"] == "#settings-notice"
    conversation.refresh_from_db()
    assert (conversation.model, conversation.settings) == ("", {"system": "Hers"})


def test_a_refused_form_keeps_what_was_typed_without_a_script(
    alices: Client, conversation: Conversation
) -> None:
    answer = save(alices, conversation, system="A long thought", top_k="many")
    form = answer.context["settings"]
    assert form["system"].value() == "A long thought"
    assert form["top_k"].value() == "many"
    assert form.has_more
    assert 'aria-describedby="settings-top_k_helptext settings-top_k_error"' in answer.content.decode()


def test_a_system_prompt_leaves_half_of_a_small_window_to_the_conversation(
    alices: Client, conversation: Conversation, settings: Any
) -> None:
    settings.CONTEXT_TOKENS, settings.MAX_TOKENS = 4096, 2048
    answer = save(alices, conversation, system="x" * 3073)
    assert "with answers of this length it may have at most 3,072." in answer.content.decode()
    assert save(alices, conversation, system="x" * 3072).status_code == 303
    assert save(alices, conversation, max_tokens="3840").status_code == 422
    assert save(alices, conversation, max_tokens="3840", system="Brief").status_code == 303


def test_reset_goes_back_to_the_defaults(alices: Client, alice: User, conversation: Conversation) -> None:
    alice.defaults = {"model": "mistralai/mistral-tiny", "temperature": 0.5}
    alice.save()
    save(alices, conversation, **EVERYTHING, reset="1")
    conversation.refresh_from_db()
    assert conversation.model == "mistralai/mistral-tiny"
    assert conversation.settings == {"temperature": 0.5}


def test_the_defaults_are_saved_beside_the_conversation(
    alices: Client, alice: User, conversation: Conversation
) -> None:
    save(alices, conversation, system="For all", defaults="1")
    conversation.refresh_from_db()
    alice.refresh_from_db()
    assert conversation.settings == alice.defaults == {"system": "For all"}


def test_an_htmx_form_is_never_redirected(alices: Client, conversation: Conversation) -> None:
    for fields in ({"seed": "1"}, {"reset": "1"}):
        answer = alices.post(f"{conversation.get_absolute_url()}settings/", fields, headers=HTMX)
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, conversation.get_absolute_url())


def test_a_model_that_is_gone_is_said_and_nothing_is_asked(
    alices: Client, conversation: Conversation, process: Running
) -> None:
    conversation.model = "withdrawn/<b>"
    conversation.save()
    page = alices.get(conversation.get_absolute_url()).content.decode()
    assert "asks for the model “withdrawn/&lt;b&gt;”, which is not offered here any more" in page
    fields = {"text": "Anybody?", "send_id": str(uuid4())}
    answer = alices.post(f"{conversation.get_absolute_url()}messages/", fields)
    assert answer.status_code == 409
    assert "The model “withdrawn/&lt;b&gt;” is not offered here any more." in answer.content.decode()
    assert ">Anybody?<" in answer.content.decode().replace("\n", "")  # the draft
    assert (Call.objects.count(), conversation.messages.count()) == (0, 1)

    assert save(alices, conversation, model="").status_code == 303
    conversation.refresh_from_db()
    assert conversation.settings == {"system": "Hers"}
    assert alices.post(f"{conversation.get_absolute_url()}messages/", fields).status_code == 303
    page = alices.get(conversation.get_absolute_url()).content.decode()
    assert "not offered here any more" not in page


def test_a_model_that_is_gone_can_be_seen_but_not_saved(alices: Client, conversation: Conversation) -> None:
    conversation.model = "withdrawn"
    conversation.save()
    assert "withdrawn (not offered any more)" in alices.get(conversation.get_absolute_url()).content.decode()
    answer = save(alices, conversation, model="withdrawn")
    assert answer.status_code == 422
    assert "Choose another one under Model." in answer.content.decode()


def test_what_no_form_would_have_taken_does_not_break_the_page(
    alices: Client, conversation: Conversation
) -> None:
    conversation.settings = {
        "temperature": "hot",
        "stop": {"a": 1},
        "response_format": {"type": "json_schema", "json_schema": 7},
        "prediction": [],
        "top_k": True,
        "tools": [{"type": "function"}],
        "messages": [],
        "system": 7,
    }
    conversation.save()
    assert alices.get(conversation.get_absolute_url()).status_code == 200
    assert conversation.parameters.temperature is None
    assert conversation.parameters.tools is None
