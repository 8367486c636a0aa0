"""Files of everything, of which one person fetches two at once: whoever hangs up makes room."""

from contextlib import ExitStack

from tests.site import Site, wait_for

EXPORT = "/conversations/export.json"
LARGE = """
from chat.models import Conversation, Message, Role, User
made = Conversation.objects.create(owner=User.objects.get(username="alice"), title="Large")
for number in range(40):
    Message.objects.create(conversation=made, role=Role.USER, text="a" * 1_000_000)
"""


def test_whoever_hangs_up_may_fetch_again(site: Site) -> None:
    alice = site.set_up("alice")
    site.manage("shell", "-c", LARGE)
    with ExitStack() as under_way:
        for _ in range(2):
            answer = under_way.enter_context(alice.stream("GET", EXPORT))
            assert answer.status_code == 200
        assert alice.get(EXPORT).status_code == 429

    def is_answered() -> bool:
        with alice.stream("GET", EXPORT) as answer:
            return answer.status_code == 200

    wait_for(is_answered, "the room of those that were hung up")
