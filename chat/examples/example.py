"""One request in the languages that people ask for it in."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chat.examples.literals import javascript_literal, json_literal, python_literal


@dataclass(frozen=True)
class Example:
    """`name` stands in addresses, `title` is for people, `language` is what colours the code."""

    name: str
    title: str
    language: str
    code: str


def examples_of(body: Mapping[str, Any], *, base_url: str, key_variable: str) -> tuple[Example, ...]:
    """The request `body` to `base_url`; its key is read from the environment variable, "" for no key."""
    url = f"{base_url}/chat/completions"
    return (
        Example("json", "JSON", "json", json_literal(dict(body))),
        Example("curl", "curl", "sh", _curl(dict(body), url, key_variable)),
        Example("python", "Python", "python", _python(dict(body), url, key_variable)),
        Example("javascript", "JavaScript", "javascript", _javascript(dict(body), url, key_variable)),
    )


def _curl(body: dict[str, Any], url: str, key: str) -> str:
    """The body comes by a here-document: nothing in it is special, and an argument may not be so long."""
    authorization = f'  -H "Authorization: Bearer ${key}" \\\n' if key else ""
    return f"""\
curl -N {shlex.quote(url)} \\
{authorization}  -H "Content-Type: application/json" \\
  --data-binary @- <<'JSON'
{json_literal(body)}
JSON
"""


def _python(body: dict[str, Any], url: str, key: str) -> str:
    authorization = f'"Authorization": f"Bearer {{os.environ[{key!r}]}}"' if key else ""
    imports = "import json\nimport os\n" if key else "import json\n"
    return f"""\
{imports}
import httpx  # pip install httpx

url = {python_literal(url)}
headers = {{{authorization}}}
body = {python_literal(body)}

with httpx.stream("POST", url, headers=headers, json=body, timeout=600) as answer:
    if answer.is_error:
        raise SystemExit(answer.read().decode())
    for line in answer.iter_lines():
        if line.startswith("data: {{"):
            for choice in json.loads(line[6:])["choices"]:
                print(choice["delta"].get("content") or "", end="", flush=True)
print()
"""


def _javascript(body: dict[str, Any], url: str, key: str) -> str:
    authorization = f"\n    Authorization: `Bearer ${{process.env.{key}}}`," if key else ""
    return f"""\
// Node.js 18 or later; save it as request.mjs. A key has no place in a web page.
const body = {javascript_literal(body)};

const answer = await fetch({javascript_literal(url)}, {{
  method: "POST",
  headers: {{{authorization}
    "Content-Type": "application/json",
  }},
  body: JSON.stringify(body),
}});
if (!answer.ok) throw new Error(await answer.text());
for (const line of (await answer.text()).split("\\n"))
  if (line.startsWith("data: {{"))
    for (const choice of JSON.parse(line.slice(6)).choices) process.stdout.write(choice.delta?.content ?? "");
console.log();
"""
