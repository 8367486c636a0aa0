"""The pool of connections to one provider, and what its network errors mean."""

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from chat.llm.errors import BadAnswer, BrokenStream, ModelError, TimedOut, Unreachable

NETWORK_ERRORS = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, TimeoutError, OSError)


def open_pool(*, connect: float, idle: float, tls: ssl.SSLContext | None) -> httpx.AsyncClient:
    """A client without a limit on connections, for the event loop of its first use; time-outs in seconds.

    The transport's own session would bring a limit of 100 connections, a cookie jar and proxy variables.
    """
    context = tls or httpx.create_ssl_context(trust_env=False)

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
            trust_env=False,
        )

    return httpx.AsyncClient(
        transport=AiohttpTransport(verify=context, trust_env=False, client=session),
        # aiohttp reads "pool" as the whole of connecting, DNS included
        timeout=httpx.Timeout(connect=connect, pool=connect, read=idle, write=idle),
        headers={"User-Agent": "Parley", "Accept-Encoding": "identity"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        follow_redirects=False,
        trust_env=False,
    )


def explain(error: Exception, *, answered: bool) -> ModelError:
    """Our error for one of NETWORK_ERRORS; `answered` says that the answer's headers had arrived."""
    # httpx_aiohttp takes most connection errors for a connect time-out; the cause tells them apart
    cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    detail = f"{type(cause).__name__}: {cause}"
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return Unreachable(detail, retryable=False)
    match cause:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.InvalidURL():
            return Unreachable(detail, retryable=False)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Unreachable(detail)
        case TimeoutError():
            return TimedOut(detail)
        case aiohttp.ClientResponseError():
            return BadAnswer(detail)
        case _:
            return BrokenStream(detail) if answered else Unreachable(detail, sent=True)
