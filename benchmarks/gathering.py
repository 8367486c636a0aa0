"""What it costs a process to follow replies that run in another one; `TEST_DATABASE=postgresql` for that database.

The site's worker runs so many replies at once. This process, which sees the same database, follows all of them
as the readers' worker would, without rendering; the control follows nothing and only has its event loop turn.
"""

import argparse
import asyncio
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from uuid import uuid4

import aiohttp
from django.db import connections

import tests.environment
from benchmarks.processes import upstream
from benchmarks.sides import CSRF
from benchmarks.site import log_in, start_site
from chat.models import Reply
from chat.replies.looks import Looks
from chat.replies.waking import open_waking

MOST = 0.2  # s of CPU a second
USERS = 20
LONG = 4000  # words: longer than all of this takes


def main() -> int:
    """The exit status: 0 when gathering costs less than MOST."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gathering", description=__doc__)
    parser.add_argument("--replies", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=20.0, help="tokens a second and reply")
    options = parser.parse_args()
    if tests.environment.server is not None:
        tests.environment.server.create("parley")
    with upstream(options.rate) as (_, base):
        site = start_site(base)
        try:
            cost, control, characters = asyncio.run(measure(site.url, options.replies, options.seconds))
        finally:
            site.stop()
    database = connections["default"].vendor
    print(f"{database}, {options.replies} replies of another process, {characters:,.0f} characters a second")
    print(f"CPU a second: {cost:.3f} s (at most {MOST}); control {control:.3f} s; ratio {cost / control:.1f}")
    return int(cost >= MOST)


async def measure(url: str, replies: int, seconds: float) -> tuple[float, float, float]:
    """CPU a second of following and of not following, and the characters that came in a second."""
    sessions = await asyncio.to_thread(log_in, USERS)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        for number in range(replies):
            browser = {"Cookie": f"sessionid={sessions[number % USERS]}; csrftoken={CSRF}"}
            form = {"csrfmiddlewaretoken": CSRF, "send_id": str(uuid4()), "text": f"!long {LONG}"}
            async with http.post(
                f"{url}/conversations/", data=form, headers=browser, allow_redirects=False
            ) as sent:
                assert sent.status == 303, await sent.text()
    ids = await asyncio.to_thread(lambda: list(Reply.objects.open().values_list("pk", flat=True)))
    assert len(ids) == replies, f"only {len(ids)} replies run"
    loop = asyncio.get_running_loop()
    looks = Looks(loop, ThreadPoolExecutor(1), open_waking(), {})
    control = await cpu_a_second(seconds / 2)
    async with AsyncExitStack() as stack:
        tails = [await stack.enter_async_context(looks.tail(reply)) for reply in ids]
        before = sum(tail.length for tail in tails)
        cost = await cpu_a_second(seconds)
        came = sum(tail.length for tail in tails) - before
    await looks.close()
    return cost, control, came / seconds


async def cpu_a_second(seconds: float) -> float:
    """Of this process, all threads, while its event loop turns twenty times a second."""
    began, before = time.monotonic(), time.process_time()
    while time.monotonic() - began < seconds:
        await asyncio.sleep(0.05)
    return (time.process_time() - before) / (time.monotonic() - began)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    sys.exit(main())
