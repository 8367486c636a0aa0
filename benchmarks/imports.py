"""An import of 50 MB, 2,000 conversations, into the real program: how long it takes, and what memory."""

import argparse
import json
import re
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.site import Site
from tests.transfer.chatgpt import conversation, node

TEXT = 'Lorem ipsum "dolor" sit amet,\nשלום 🦜 and 漢字. '  # noqa: RUF001
COUNT, TURNS, CHARACTERS = 2000, 10, 1150
MOST_MEGABYTES = 300


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__)
    parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-imports-") as folder:
        path = Path(folder)
        file = write(path / "conversations.json")
        site = Site(path, MODEL_API_BASE="http://127.0.0.1:9/v1", GRACE_SECONDS="0").start()
        try:
            memory = run(site, file)
        finally:
            site.stop()
    sys.exit(memory >= MOST_MEGABYTES)


def run(site: Site, file: Path) -> int:
    client = site.set_up("alice")
    (worker,) = site.workers
    print(f"idle worker: {peak(worker)} MB; the file: {file.stat().st_size / 1e6:.1f} MB")
    began = time.monotonic()
    with file.open("rb") as opened:
        fields = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        client.post("/imports/", data=fields, files={"file": opened}, timeout=120)
    print(f"received after {time.monotonic() - began:.1f} s, peak {peak(worker)} MB")
    slowest, shown = 0.0, 0
    while "<progress" in (page := looked_at(client)).text:
        slowest = max(slowest, page.elapsed.total_seconds())
        if (
            percent := int(re.search(r"(\d+) %", page.text)[1] if "% read" in page.text else 0)
        ) >= shown + 20:
            shown = percent
            print(f"  {percent} % after {time.monotonic() - began:.1f} s")
        time.sleep(0.5)
    told = re.search(r"<strong>([\d,]+)</strong> imported", page.text)
    print(
        f"{told[1] if told else 'none'} imported after {time.monotonic() - began:.1f} s, peak {peak(worker)} MB"
    )
    print(f"slowest page meanwhile: {slowest:.2f} s")
    began = time.monotonic()
    with client.stream("GET", "/conversations/export.json", timeout=120) as answer:
        size = sum(len(block) for block in answer.iter_bytes())
    print(f"exported {size / 1e6:.1f} MB in {time.monotonic() - began:.1f} s, peak {peak(worker)} MB")
    return peak(worker)


def looked_at(client: httpx.Client) -> httpx.Response:
    return client.get("/imports/", timeout=60)


def write(file: Path) -> Path:
    text = (TEXT * (CHARACTERS // len(TEXT) + 1))[:CHARACTERS]
    with file.open("w") as opened:
        opened.write("[")
        for number in range(COUNT):
            nodes = [node("0", None)]
            for turn in range(1, TURNS + 1):
                nodes.append(node(str(turn), str(turn - 1), "user" if turn % 2 else "assistant", text))
            made = conversation(
                *nodes, conversation_id=f"conversation-{number}", title=f"Conversation {number}"
            )
            opened.write((",\n" if number else "") + json.dumps(made))
        opened.write("]")
    return file


def peak(pid: int) -> int:
    """MB of memory that a process had at most."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line]
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
