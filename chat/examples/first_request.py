"""The first request that somebody makes with a new key: one question, whose answer comes whole."""

import shlex
from collections.abc import Mapping
from typing import Any

from chat.examples.example import Example
from chat.examples.literals import javascript_literal, json_literal, python_literal


def first_requests(body: Mapping[str, Any], *, base_url: str, key: str) -> tuple[Example, ...]:
    """The request `body` to `base_url` as programs that need nothing more; `key` stands in them as it is."""
    url = f"{base_url}/chat/completions"
    return (
        Example("curl", "curl", "sh", _curl(body, url, key)),
        Example("requests", "Python, requests", "python", _requests(body, url, key)),
        Example("httpx", "Python, httpx", "python", _httpx(body, url, key)),
        Example("openai", "Python, OpenAI client", "python", _openai(body, base_url, key)),
        Example("javascript", "JavaScript", "javascript", _javascript(body, url, key)),
    )


def _curl(body: Mapping[str, Any], url: str, key: str) -> str:
    return f"""\
curl {shlex.quote(url)} \\
  -H {shlex.quote(f"Authorization: Bearer {key}")} \\
  -H 'Content-Type: application/json' \\
  --data-binary {shlex.quote(json_literal(dict(body)))}
"""


def _requests(body: Mapping[str, Any], url: str, key: str) -> str:
    return f"""\
import json

import requests  # pip install requests

answer = requests.post(
    {python_literal(url)},
    headers={{"Authorization": {python_literal(f"Bearer {key}")}}},
    json={python_literal(dict(body), indent="    ")},
    timeout=600,
)
if not answer.ok:
    raise SystemExit(answer.text)
print(json.dumps(answer.json(), indent=2, ensure_ascii=False))
"""


def _httpx(body: Mapping[str, Any], url: str, key: str) -> str:
    return f"""\
import json

import httpx  # pip install httpx

answer = httpx.post(
    {python_literal(url)},
    headers={{"Authorization": {python_literal(f"Bearer {key}")}}},
    json={python_literal(dict(body), indent="    ")},
    timeout=600,
)
if answer.is_error:
    raise SystemExit(answer.text)
print(json.dumps(answer.json(), indent=2, ensure_ascii=False))
"""


def _openai(body: Mapping[str, Any], base_url: str, key: str) -> str:
    arguments = "".join(
        f"    {name}={python_literal(value, indent='    ')},\n" for name, value in body.items()
    )
    return f"""\
from openai import OpenAI  # pip install openai

client = OpenAI(
    base_url={python_literal(base_url)},
    api_key={python_literal(key)},
)
answer = client.chat.completions.create(
{arguments})
print(answer.choices[0].message.content)
"""


def _javascript(body: Mapping[str, Any], url: str, key: str) -> str:
    return f"""\
// Node.js 18 or later; save it as request.mjs. A key has no place in a web page.
const answer = await fetch({javascript_literal(url)}, {{
  method: "POST",
  headers: {{
    Authorization: {javascript_literal(f"Bearer {key}")},
    "Content-Type": "application/json",
  }},
  body: JSON.stringify({javascript_literal(dict(body), indent="  ")}),
}});
if (!answer.ok) throw new Error(await answer.text());
console.log(JSON.stringify(await answer.json(), null, 2));
"""
