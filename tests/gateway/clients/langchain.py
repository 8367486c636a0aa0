"""LangChain's client."""

import asyncio

from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="mistralai/mistral-tiny")

whole = model.invoke("!echo Hello there")
assert whole.content == "Hello there"
assert whole.usage_metadata["output_tokens"] == 2
assert whole.response_metadata["finish_reason"] == "stop"

pieces = list(model.stream("!echo Hello there", stream_usage=True))
assert "".join(piece.content for piece in pieces) == "Hello there"
assert any(piece.usage_metadata for piece in pieces)

assert asyncio.run(model.ainvoke([("system", "Be brief."), ("human", "!echo Later")])).content == "Later"
model.bind_tools([{"name": "weather", "parameters": {"type": "object"}}]).invoke("Hello")
print("well")
