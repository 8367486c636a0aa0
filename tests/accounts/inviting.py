"""An invitation from the page where staff make them."""

import re
from typing import Any

from django.test import Client


def invite(client: Client, **wanted: Any) -> str:
    """The path of the link that the answer shows."""
    answer = client.post("/invitations/", {"role": "member", "group": "", "days": "7", **wanted})
    assert answer.status_code == 201, answer.content.decode()
    (path,) = re.findall(r'value="http://testserver(/invitations/[^"]+/)"', answer.content.decode())
    return path
