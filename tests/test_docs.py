"""The documents: no page that nobody is led to, and no link that leads nowhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])


def links(page: Path) -> set[Path]:
    """Those to files of this repository."""
    found = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))
    return {(page.parent / link).resolve() for link in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    assert [str(link) for link in links(page) if not link.exists()] == []


def test_every_decision_is_in_their_list() -> None:
    decisions = ROOT / "docs" / "decisions"
    assert set(decisions.glob("*.md")) - links(decisions / "README.md") == {decisions / "README.md"}
