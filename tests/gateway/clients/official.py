"""OpenAI's own client: whole and streamed, synchronous and not, tools, errors."""

import asyncio

import openai

MODEL = "mistralai/mistral-tiny"
HELLO = [{"role": "user", "content": "!echo Hello there"}]
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]

client = openai.OpenAI()

whole = client.chat.completions.create(model=MODEL, messages=HELLO)
assert whole.choices[0].message.content == "Hello there"
assert whole.choices[0].finish_reason == "stop"
assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
assert whole._request_id

said = ""
options = {"include_usage": True}
for chunk in client.chat.completions.create(model=MODEL, messages=HELLO, stream=True, stream_options=options):
    said += "".join(choice.delta.content or "" for choice in chunk.choices)
assert said == "Hello there"
assert chunk.usage.completion_tokens == 2

again = [*HELLO, whole.choices[0].message, {"role": "user", "content": "!echo Again"}]
assert client.chat.completions.create(model=MODEL, messages=again).choices[0].message.content == "Again"
client.chat.completions.create(
    model=MODEL, messages=HELLO, tools=TOOLS, tool_choice="auto", n=1, user="u", seed=1
)

assert [model.id for model in client.models.list()] == [MODEL]
assert client.models.retrieve(MODEL).id == MODEL

try:
    client.chat.completions.create(model=MODEL, messages=HELLO, temperature=3)
except openai.BadRequestError as error:
    assert error.param == "temperature"
try:
    client.chat.completions.create(model="no-such", messages=HELLO)
except openai.NotFoundError as error:
    assert error.code == "model_not_found"
try:
    client.with_options(api_key="wrong").models.list()
except openai.AuthenticationError as error:
    assert error.code == "invalid_api_key"
try:
    for _ in client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "!error 2"}], stream=True
    ):
        pass
except openai.APIError as error:
    assert error.code == "in_stream_error"
else:
    raise AssertionError("a stream that broke off was taken for whole")


async def without_waiting() -> None:
    async with openai.AsyncOpenAI() as client:
        whole = await client.chat.completions.create(model=MODEL, messages=HELLO)
        assert whole.choices[0].message.content == "Hello there"
        stream = await client.chat.completions.create(model=MODEL, messages=HELLO, stream=True)
        assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == "Hello there"


asyncio.run(without_waiting())
print("well")
