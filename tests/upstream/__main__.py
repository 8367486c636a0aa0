"""The scripted upstream as a process, for benchmarks and browser tests."""

import argparse
import asyncio
import sys
from contextlib import suppress
from functools import partial

from tests.upstream.server import Upstream
from tests.upstream.steering import __doc__ as orders
from tests.upstream.steering import steered


async def serve(port: int, rate: float, tokens: int) -> None:
    upstream = Upstream(partial(steered, words=tokens, delay=1 / rate if rate else 0.0))
    await upstream.start(port)
    sys.stdout.write(f"listening on {upstream.url}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.upstream",
        description=orders,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one, and prints it")
    parser.add_argument("--rate", type=float, default=0.0, help="tokens a second; 0 is at once")
    parser.add_argument("--tokens", type=int, default=30, help="words in an answer")
    options = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.rate, options.tokens))


main()
