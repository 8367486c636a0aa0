"""What stands beside Django in the server: static files, the cap on bodies, the process's size."""

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.site import Site, ask, post

KEY = "sk-secret-of-the-site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose model cannot be reached, on which alice is set up."""
    environment = {"MODEL_API_BASE": "http://127.0.0.1:9/v1", "MODEL_API_KEY": KEY}
    site = Site(tmp_path_factory.mktemp("site"), **environment).start()
    site.set_up("alice").close()
    yield site
    site.end()


@pytest.fixture(scope="module")
def alices(site: Site) -> Iterator[httpx.Client]:
    client = site.log_in("alice")
    yield client
    client.close()


def page_and_its_files(client: httpx.Client, path: str) -> list[httpx.Response]:
    page = client.get(path)
    found = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    return [page, *(client.get(name) for name in found)]


def test_static_files_are_compressed_and_kept_for_ever(site: Site) -> None:
    page, *files = page_and_its_files(site.guest(), "/accounts/login/")
    assert page.status_code == 200
    assert files
    for file in files:
        assert file.status_code == 200
        assert "immutable" in file.headers["Cache-Control"]
        assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert site.guest().get("/static/../config/settings.py").status_code == 404
    assert site.guest().get("/static/nothing.css").status_code == 404


def test_the_first_page_with_all_its_files_is_at_most_60_kb_compressed(alices: httpx.Client) -> None:
    alices.headers["Accept-Encoding"] = "gzip"
    sizes = [answer.num_bytes_downloaded for answer in page_and_its_files(alices, "/conversations/")]
    assert len(sizes) > 5
    assert sum(sizes) <= 60 * 1024


def test_the_web_process_idles_below_130_mb(site: Site, alices: httpx.Client) -> None:
    ask(alices, "Hello")
    workers = Path(f"/proc/{site.pid}/task/{site.pid}/children").read_text().split()
    for worker in workers:
        status = Path(f"/proc/{worker}/status").read_text()
        assert int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) < 130 * 1000  # type: ignore[index]
    assert workers


def test_a_body_that_is_announced_too_large_is_refused_unread(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port)) as raw:
        raw.sendall(b"POST /conversations/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 413")


def test_a_body_that_grows_too_large_is_refused(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port)) as raw:
        raw.sendall(b"POST /conversations/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        block = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
        raw.settimeout(10)
        try:
            for _ in range(40):
                raw.sendall(block)
        except OSError:
            pass  # it hung up before it had all of it
        assert raw.recv(100).startswith(b"HTTP/1.1 413")


def test_a_message_beyond_the_cap_gets_a_sentence(alices: httpx.Client) -> None:
    alices.get("/conversations/")
    answer = post(alices, "/conversations/", text="a" * 3_000_000, send_id="x")
    assert answer.status_code == 413
    assert "<h1>This is too large</h1>" in answer.text
    assert "your text is still in the form" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    alices.headers["HX-Request"] = "true"
    answer = post(alices, "/conversations/", text="a" * 3_000_000, send_id="x")
    del alices.headers["HX-Request"]
    assert answer.status_code == 413
    assert '<p class="notice error">' in answer.text
    assert "<html" not in answer.text
    assert answer.headers["HX-Retarget"] == "#composer-notice"


def test_no_secret_is_in_the_log(site: Site, alices: httpx.Client) -> None:
    ask(alices, "A prompt that stays private")
    for secret in (KEY, "correct horse battery", "A prompt that stays private"):
        assert secret not in site.log
    assert "Traceback" not in site.log


def test_ctrl_c_right_after_a_start_ends_workers_that_do_not_serve_yet(
    start_site: Callable[..., Site],
) -> None:
    """The first worker answers while others still begin; what the loop of one did not hear yet was lost on it."""
    many = {"WEB_CONCURRENCY": "6", "GRACE_SECONDS": "60"}
    site = start_site(MODEL_API_BASE="http://127.0.0.1:9/v1", MODEL_API_KEY=KEY, **many)
    for _ in range(3):
        site.end()
        site.start()
