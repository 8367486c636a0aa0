"""Alice's script, beside a process that answers it."""

import pytest

from chat.models import User
from tests.gateway.asking import Script
from tests.running import Running


@pytest.fixture
def script(process: Running, alice: User) -> Script:
    return Script(process, alice)
