"""Every site of the suite logs at DEBUG and is looked through when it ends: here it is seen to be noticed."""

import re
from collections.abc import Callable

from tests.secrets import secrets_in
from tests.site import Site, ask
from tests.upstream import Answer, Upstream

KEY = "sk-secret-of-the-site"


def test_each_secret_of_a_site_would_be_found_in_its_log(
    start_site: Callable[..., Site], upstream: Upstream
) -> None:
    mail = "smtp://parley:password-of-mail@127.0.0.1:9"
    environment = {"MODEL_API_BASE": upstream.url, "MODEL_API_KEY": KEY, "EMAIL_URL": mail}
    site = start_site(**environment)
    upstream.play(Answer("An answer that stays private"))
    alice = site.set_up()
    ask(alice, "A question that stays private")
    session = alice.cookies["sessionid"]
    issued = re.findall(r"pk-\S+", site.manage("createapikey", "alice", "--name", "script"))[-1]
    secret_key = (site.data_dir / "secret-key").read_text().strip()
    site.stop()
    for secret in (KEY, "correct horse battery", "password-of-mail", session, issued, secret_key):
        assert secrets_in(f"GET /?{secret} 200", site.data_dir, environment) == [secret]
    for text in ("A question that stays private", "An answer that stays private"):
        assert text in secrets_in(f"asked for: {text}.", site.data_dir, environment)
    assert secrets_in(f"{site.log} nothing", site.data_dir, environment) == []
