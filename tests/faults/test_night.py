"""A whole site at night: one of its workers tells each person once, and deletes what was told before."""

from collections.abc import Callable
from datetime import UTC, datetime

from tests.mail_server import MailServer
from tests.site import Site, wait_for

OLD = """
from datetime import timedelta
from django.utils import timezone
from chat.models import Conversation, Job, User
alice = User.objects.get()
User.objects.update(email="alice@example.org")
long_ago, today = timezone.now() - timedelta(days=400), timezone.localdate()
for number in range(5):
    Conversation.objects.create(owner=alice, title=f"Due {number}", updated_at=long_ago)
    Conversation.objects.create(owner=alice, title=f"Told {number}", updated_at=long_ago, going_on=today)
Job.objects.all().delete()  # and so it is put down again
"""
LEFT = "from chat.models import Conversation; print(Conversation.objects.count(), 'left')"
JOBS = "from chat.models import Job; print(list(Job.objects.values_list('kind', 'state')))"
DONE = "[('night', 'done')]"  # and no mail waits


def test_three_workers_tell_one_person_once_and_delete_what_was_told(
    start: Callable[..., Site], database: dict[str, str], mail_server: MailServer
) -> None:
    past_three = "UTC" if 3 <= datetime.now(UTC).hour < 23 else "Etc/GMT-12"  # and stays so for this test
    settings = {"RETENTION_DAYS": "90", "TIME_ZONE": past_three, "EMAIL_URL": mail_server.url}
    site = start(WEB_CONCURRENCY="3", **settings, **database)
    alice = site.set_up()
    wait_for(lambda: DONE in site.manage("shell", "-c", JOBS), "the first night")
    site.manage("shell", "-c", OLD)

    (mail,) = mail_server.wait(1)
    wait_for(lambda: DONE in site.manage("shell", "-c", JOBS), "the end of the second")
    assert mail["Subject"].startswith("5 of your chats are deleted on ")
    assert f"{site.url}/conversations/going/" in mail.get_content()
    listed = alice.get("/conversations/going/").text
    assert all(f">Due {number}</a>" in listed for number in range(5))
    assert "Told" not in listed
    assert site.manage("shell", "-c", LEFT).strip().endswith("5 left")
    assert mail_server.to("alice@example.org") == [mail["Subject"]]
    assert "Traceback" not in site.log
