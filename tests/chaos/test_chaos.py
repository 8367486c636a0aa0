"""A quick selection of seeded runs on every configuration; `make chaos` makes many more."""

import os
from collections.abc import Iterator
from itertools import count

import pytest

from tests.chaos.faults import CALM, UPSETS, database, process
from tests.chaos.faults.fault import AFTER_SOME
from tests.chaos.ground import CONFIGURATIONS, Ground, prepared
from tests.chaos.run import Plan, carry_out, draw
from tests.postgres import is_installed

CALM_SEEDS = range(1, 7)
LOCK, CUT = database.UPSETS[0], database.UPSETS[1]


@pytest.fixture(scope="module", params=CONFIGURATIONS)
def ground(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    if request.param.startswith("postgresql") and not is_installed():
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed.")
        pytest.skip("PostgreSQL is not installed.")
    with prepared(request.param, tmp_path_factory.mktemp(request.param)) as ground:
        yield ground


def holds(ground: Ground, seed: int, upset: str) -> None:
    chosen = next(known for known in (CALM, *UPSETS) if known.name == upset)
    verdict = carry_out(ground, draw(seed, ground.configuration, upset=chosen))
    assert not verdict.broken, verdict.broken


@pytest.mark.parametrize("seed", CALM_SEEDS)
def test_the_rules_hold_whatever_browsers_users_and_the_upstream_do(ground: Ground, seed: int) -> None:
    holds(ground, seed, CALM.name)


def test_the_rules_hold_when_a_worker_is_killed(ground: Ground) -> None:
    holds(ground, at_work(ground.configuration), process.KILLS[0].name)


def test_the_rules_hold_when_the_database_is_away(ground: Ground) -> None:
    holds(ground, 99, LOCK.name if ground.file else CUT.name)


def at_work(configuration: str) -> int:
    """A seed whose run has two replies in the middle, which are held there until the fault has gone."""
    for seed in count(100):
        talks = draw(seed, configuration).talks
        held = [talk for talk in talks if talk.gate and talk.late_release and talk.point == AFTER_SOME]
        if len(held) > 1:
            return seed
    raise AssertionError


def test_a_run_is_drawn_from_its_seed_alone() -> None:
    for configuration in CONFIGURATIONS:
        first, again, other = (draw(seed, configuration) for seed in (7, 7, 8))
        assert summary(first) == summary(again) != summary(other)


def summary(plan: Plan) -> list[object]:
    return [
        plan.upset.name,
        *((talk.fault.name, talk.point, talk.at, talk.script.deltas) for talk in plan.talks),
    ]
