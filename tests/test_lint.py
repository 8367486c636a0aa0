"""The rules of our own in lint/: each is shown what it must find and what it must not, and looks where files are.

`make lint` runs the examples. A rule without one would pass there, and so would one for files that were renamed.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "lint").glob("*.yml"))
RULES = {
    rule["id"]: (file, rule) for file in FILES for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]
}


def examples_beside(file: Path) -> dict[str, set[str]]:
    """Which rules are shown what they must find, and which what they must not."""
    shown: dict[str, set[str]] = {"ruleid": set(), "ok": set()}
    for examples in file.parent.glob(f"{file.stem}.*"):
        if examples != file:
            for kind, names in re.findall(r"\b(ruleid|ok): ([a-z, -]*[a-z])", examples.read_text("utf-8")):
                shown[kind] |= set(names.split(", "))
    return shown


def places(rule: dict[str, Any]) -> list[str]:
    return [place for kind in ("include", "exclude") for place in rule["paths"].get(kind, [])]


def test_no_two_rules_have_one_name() -> None:
    assert len(RULES) == sum(file.read_text("utf-8").count("\n  - id: ") for file in FILES) > 0


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_shown_what_it_must_find_and_what_it_must_not(name: str) -> None:
    shown = examples_beside(RULES[name][0])
    assert name in shown["ruleid"]
    assert name in shown["ok"]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_looks_at_files_that_are_there(name: str) -> None:
    _, rule = RULES[name]
    assert [place for place in places(rule) if not list(ROOT.glob(place.strip("/")))] == []
    assert rule["paths"]["include"]
