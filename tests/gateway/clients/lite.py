"""LiteLLM's client."""

import asyncio

import litellm

HELLO = [{"role": "user", "content": "!echo Hello there"}]
MODEL = "openai/mistralai/mistral-tiny"

whole = litellm.completion(model=MODEL, messages=HELLO)
assert whole.choices[0].message.content == "Hello there"
assert whole.usage.completion_tokens == 2

pieces = list(
    litellm.completion(model=MODEL, messages=HELLO, stream=True, stream_options={"include_usage": True})
)
assert "".join(choice.delta.content or "" for piece in pieces for choice in piece.choices) == "Hello there"

assert (
    asyncio.run(litellm.acompletion(model=MODEL, messages=HELLO)).choices[0].message.content == "Hello there"
)
try:
    litellm.completion(model=MODEL, messages=HELLO, temperature=3)
except litellm.BadRequestError as error:
    assert "temperature" in str(error)
else:
    raise AssertionError("a temperature of 3 was taken")
print("well")
