"""The control: a bare Starlette application that passes the upstream's event stream through, byte by byte."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

UPSTREAM = os.environ.get("MODEL_API_BASE", "")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        app.state.session = session
        yield


async def healthz(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


async def chat(request: Request) -> StreamingResponse:
    body = await request.body()
    return StreamingResponse(passed_through(request.app.state.session, body), media_type="text/event-stream")


async def passed_through(session: aiohttp.ClientSession, body: bytes) -> AsyncIterator[bytes]:
    async with session.post(f"{UPSTREAM}/chat/completions", data=body) as answer:
        async for block in answer.content.iter_any():
            yield block


application = Starlette(
    routes=[Route("/healthz", healthz), Route("/chat", chat, methods=["POST"])], lifespan=lifespan
)
