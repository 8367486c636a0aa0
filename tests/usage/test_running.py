"""What runs now."""

import pytest

from chat.usage.running import open_calls


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db
def test_it_is_found_by_its_own_index_and_not_through_the_whole_ledger() -> None:
    assert "USING INDEX call_running" in open_calls()[:101].explain()
