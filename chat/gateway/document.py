"""The OpenAPI document of the API: its addresses, and what they answer."""

from typing import Any

import orjson
from django.conf import settings

from chat.gateway.schemas import named, schemas

ERRORS = {
    400: "A field is not what it may be, or the provider did not accept the request.",
    401: "No key, or one that opens nothing.",
    403: "A budget does not allow this model.",
    404: "The model is not offered, or was withdrawn.",
    405: "Another method.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "A budget is used up, or this was asked too often.",
    500: "A fault of Parley's own.",
    502: "The model's provider gave no answer.",
    503: "Parley is restarting, or its database or the provider is away.",
    504: "The model's provider took too long.",
}
OF_EVERY_PATH = (401, 405, 500, 503)


def document() -> bytes:
    return orjson.dumps(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Parley",
                "version": settings.VERSION,
                "description": "Chat completions as OpenAI's clients ask for them.",
            },
            "servers": [{"url": f"{settings.SITE_URL}/v1"}],
            "security": [{"key": []}],
            "paths": _paths(),
            "components": {
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
                "schemas": schemas(),
                "headers": _headers(),
            },
        }
    )


def _paths() -> dict[str, Any]:
    answer = {
        "description": "The answer: whole, or as a stream of events.",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _headers()},
        "content": {
            "application/json": {"schema": named("Completion")},
            "text/event-stream": {},
        },
    }
    models = {"type": "string", "enum": list(settings.MODELS)}
    of_model = [{"name": "model", "in": "path", "required": True, "schema": models}]
    return {
        "/chat/completions": {
            "post": {
                "operationId": "createChatCompletion",
                "summary": "The model's answer to a conversation.",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": named("Request")}},
                },
                "responses": {"200": answer} | _refusals(*ERRORS),
            }
        },
        "/models": {
            "get": {
                "operationId": "listModels",
                "summary": "The models that may be asked.",
                "responses": {"200": _json("The models.", "Models")} | _refusals(*OF_EVERY_PATH),
            }
        },
        "/models/{model}": {
            "get": {
                "operationId": "retrieveModel",
                "summary": "One model; its id may hold slashes.",
                "parameters": of_model,
                "responses": {"200": _json("The model.", "Model")} | _refusals(400, 404, *OF_EVERY_PATH),
            }
        },
    }


def _headers() -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    return {
        "x-request-id": {"description": "Also sent to the provider.", **text},
        "x-ratelimit-limit-requests": {"description": "Requests a minute.", **text},
        "x-ratelimit-remaining-requests": {"description": "How many of them are left.", **text},
        "x-ratelimit-reset-requests": {"description": "When all of them are, such as 60s.", **text},
    }


def _refusals(*statuses: int) -> dict[str, Any]:
    return {str(status): _json(ERRORS[status], "Error") for status in statuses}


def _json(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": named(schema)}}}
