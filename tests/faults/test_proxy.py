"""nginx with its default proxy settings in front: text comes as it is written, and a reload goes on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.flows.events import Reader, events_path
from tests.ports import free_port, listens_on
from tests.site import Site, ask, wait_for
from tests.upstream import Answer, Gate, Upstream

CONFIGURATION = """
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {home}/body;
  proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi;
  scgi_temp_path {home}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass {site}; }}
  }}
}}
"""


@pytest.fixture
def site(start: Callable[..., Site], tmp_path: Path) -> Iterator[Site]:
    """The site as it is seen behind nginx."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("nginx is not installed.")
        pytest.skip("nginx is not installed: the site is not tested behind it.")
    site = start()
    site.set_up().close()
    port = free_port()
    file = tmp_path / "nginx.conf"
    file.write_text(CONFIGURATION.format(home=tmp_path, port=port, site=site.url))
    nginx = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(file), "-g", "daemon off;"])
    wait_for(lambda: listens_on(port), "nginx to listen")
    site.url = f"http://127.0.0.1:{port}"
    yield site
    nginx.terminate()
    nginx.wait(10)


@pytest.mark.parametrize("gzip", [True, False], ids=["gzip", "plain"])
def test_text_is_seen_within_a_second_of_its_being_written(
    site: Site, upstream: Upstream, gzip: bool
) -> None:
    first, second = Gate(at=0), Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(first, second)))
    alice = site.log_in()
    path = events_path(alice, ask(alice, "Hello"))
    with Reader(site, alice, path, gzip=gzip) as reader:
        assert first.reached.wait(10)
        written = monotonic()
        first.release()
        reader.read_until("First words,")
        assert monotonic() - written < 1
        second.release()
        assert "First words, and then the end.</template>" in reader.read_all()
    alice.close()


def test_two_tabs_and_twenty_reloads_end_with_the_very_text(site: Site, upstream: Upstream) -> None:
    words = [f"word{number} é日 " + ("\n\n" if number % 7 == 0 else "") for number in range(400)]
    upstream.play(Answer(words, delay=0.005))
    alice = site.log_in()
    path = events_path(alice, ask(alice, "Hello"))
    other = Reader(site, alice, path)
    last_id = ""
    for number in range(20):
        with Reader(site, alice, path, last_event_id=last_id) as reader:
            reader.read_until(f"word{number * 15} ")
            last_id = [last_id, *(event.id for event in reader.events if event.id is not None)][-1]
            blocks = [event for event in reader.events if "-blocks" in event.data]
            if number > 5:
                assert not any("word1 " in event.data for event in blocks), "a finished block was sent again"
    with Reader(site, alice, path, last_event_id=last_id) as reader, other:
        whole = f"<template data-source>{''.join(words)}</template>"
        assert whole in source(reader)
        assert whole in source(other)
    alice.close()


def source(reader: Reader) -> str:
    """The last frame, as one text with its own line breaks."""
    reader.read_all()
    return "\n".join(event.data for event in reader.events)
