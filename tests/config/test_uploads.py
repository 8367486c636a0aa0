"""The cap on uploads: one path may take large bodies, of people with a session, and memory stays flat."""

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.flows.chat import carry_session
from tests.site import Site

MB = 1024 * 1024
HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n%s\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.json"\r\n\r\n'
)
TAIL = b"\r\n--x--\r\n"


def send(client: httpx.Client, megabytes: int) -> httpx.Response:
    """A file of so many MB, made while it is sent."""
    head = HEAD % client.cookies["csrftoken"].encode()
    size = len(head) + megabytes * MB + len(TAIL)

    def body() -> Iterator[bytes]:
        yield head
        for _ in range(megabytes):
            yield b" " * MB
        yield TAIL

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(size)}
    return client.post("/imports/", content=body(), headers=headers, timeout=120.0)


def peak(pid: int) -> int:
    """MB of memory that a process had at most."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line]
    return int(line.split()[1]) // 1024


def test_uploads_up_to_the_cap_are_taken_and_memory_stays_flat(start_site: Callable[..., Site]) -> None:
    site = start_site(MODEL_API_BASE="http://127.0.0.1:9/v1")
    client = site.set_up("alice")
    (worker,) = site.workers
    before = peak(worker)
    assert send(client, 100).status_code == 303
    assert peak(worker) - before < 60
    refused = send(client, 101)
    assert refused.status_code == 413
    assert "The file is larger than 100 MB." in refused.text
    assert peak(worker) - before < 60


def test_without_a_session_the_ordinary_cap_holds(start_site: Callable[..., Site]) -> None:
    """The answer comes before any of the body does."""
    site = start_site(MODEL_API_BASE="http://127.0.0.1:9/v1")
    for size, status, patience in ((50 * MB, 413, 30.0), (1000, None, 1.0)):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=patience)
        connection.putrequest("POST", "/imports/")
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        if status:
            assert connection.getresponse().status == status
        else:
            with pytest.raises(TimeoutError):  # the body is waited for
                connection.getresponse()
        connection.close()


def test_a_browser_shows_the_sentence(
    start_site: Callable[..., Site], browser: Browser, tmp_path: Path
) -> None:
    site = start_site(MODEL_API_BASE="http://127.0.0.1:9/v1")
    client = site.set_up("alice")
    context = browser.new_context()
    carry_session(client, context, site)
    page = context.new_page()
    page.goto(f"{site.url}/imports/")
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(130 * MB)
    page.get_by_label("File").set_input_files(large)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="This is too large")).to_be_visible(timeout=60_000)
    expect(page.locator("body")).to_contain_text("Of ChatGPT's zip only conversations.json is needed.")
    context.close()
