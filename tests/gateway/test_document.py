"""The OpenAPI document: served to all, valid, and true of what the program takes and says."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from chat import gateway
from chat.forms import SettingsForm
from chat.llm import RANGES
from tests.gateway.asking import HELLO, Script
from tests.gateway.test_malformed import FIELDS


@pytest.fixture
def document(script: Script) -> Any:
    answer = script.request("get", "/v1/openapi.json", Authorization="")
    assert answer.status == 200
    return answer.json


def test_it_is_valid(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_every_address_of_the_api_is_in_it(script: Script, document: Any) -> None:
    assert set(document["paths"]) == {"/chat/completions", "/models", "/models/{model}"}
    for path in document["paths"]:
        assert script.request("delete", f"/v1{path}").status == 405


def test_numbers_have_the_ranges_of_the_forms(document: Any) -> None:
    fields = document["components"]["schemas"]["Request"]["properties"]
    form = SettingsForm.base_fields
    for name in RANGES:
        number, _ = fields[name]["anyOf"]
        assert (number["minimum"], number["maximum"]) == (form[name].min_value, form[name].max_value)


def test_what_it_calls_a_request_is_taken(document: Any) -> None:
    taken = checked(document, "Request")
    for fields in (
        {},
        {"temperature": 2, "stop": ["a"], "n": 1},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
    ):
        body = {**HELLO, **fields}
        taken.validate(body)
        gateway.read(json.dumps(body).encode())


def test_what_it_calls_none_is_refused_and_the_other_way_round(document: Any) -> None:
    taken = checked(document, "Request")
    for fields, param in FIELDS:
        assert not taken.is_valid({**HELLO, **fields}), (fields, param)


def test_answers_are_as_it_says(script: Script, document: Any) -> None:
    checked(document, "Completion").validate(script.ask().json)
    checked(document, "Models").validate(script.get("/v1/models").json)
    checked(document, "Error").validate(script.ask(temperature=3).json)


def checked(document: Any, schema: str) -> Draft202012Validator:
    return Draft202012Validator({**document, "$ref": f"#/components/schemas/{schema}"})
