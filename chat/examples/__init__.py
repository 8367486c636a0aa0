"""A chat request as others can send it: as JSON, and as programs that run as they stand."""

from chat.examples.example import Example, examples_of
from chat.examples.first_request import first_requests
from chat.examples.literals import json_literal

__all__ = ["Example", "examples_of", "first_requests", "json_literal"]
