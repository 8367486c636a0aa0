"""One seeded run: the plan is drawn from the seed alone, then carried out, and what it leaves is judged."""

import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from tests.chaos.evidence import Evidence, Request
from tests.chaos.faults import CALM, NONE, OWN, UPSETS, Upset, process
from tests.chaos.faults.fault import AFTER_END, AFTER_SOME, BEFORE_SENDING, POINTS, Script
from tests.chaos.ground import USERS, Ground, port_owner
from tests.chaos.plays import Delta
from tests.chaos.rules import broken
from tests.chaos.talk import Talk, TalkPlan
from tests.chaos.texts import cut, markdown
from tests.upstream import Gate

SETTLED = 60.0  # s
LOOK = 0.05  # s between looks at what is not settled yet
KILLS, OTHERS = 0.15, 0.4  # of all runs: kills, and with them the other faults of the ground


@dataclass(frozen=True)
class Plan:
    seed: int
    upset: Upset
    delay: float  # s by which the fault of the ground comes after the others
    random: Random
    talks: tuple[TalkPlan, ...]


@dataclass
class Verdict:
    plan: Plan
    broken: dict[int, list[str]]
    seconds: float  # until everything was settled
    cases: list[str] = field(default_factory=list)  # the faults of the talks
    by_fault: dict[str, dict[int, int]] = field(default_factory=dict)


def draw(seed: int, configuration: str, *, upset: Upset | None = None) -> Plan:
    random = Random(f"{configuration}/{seed}")
    upset = upset or _draw_upset(random, configuration.partition("-")[0])
    count = random.randint(3, 6)
    talks = tuple(
        _draw_talk(Random(f"{configuration}/{seed}/{n}"), f"t-{seed:x}-{n}", n) for n in range(count)
    )
    return Plan(seed, upset, random.choice((0.0, 0.0, random.uniform(0, 0.3))), random, talks)


def _draw_upset(random: Random, database: str) -> Upset:
    dice = random.random()
    if dice < KILLS:
        return random.choice(process.KILLS)
    if dice < OTHERS:
        others = [upset for upset in UPSETS if database in upset.on and upset not in process.KILLS]
        return random.choice(others)
    return CALM


def _draw_talk(random: Random, tag: str, number: int) -> TalkPlan:
    fault = random.choice(OWN) if random.random() < 0.75 else NONE
    deltas = tuple(Delta(piece) for piece in cut(random, markdown(random, random.randint(20, 150))))
    some, last = random.randint(1, len(deltas) - 1), len(deltas) - 1
    where = dict(zip(POINTS, (0, -1, 0, some, last, last + 1, last + 1), strict=True))
    point = random.choice([*fault.points, *(AFTER_SOME for _ in range(2) if AFTER_SOME in fault.points)])
    at = where[point]
    held = point not in (BEFORE_SENDING, AFTER_END) and (at < 1 or random.random() < 0.6)
    gate = Gate(at) if held else None
    script = Script(random, deltas, (gate,) if gate else (), random.choice((0.0, 0.002, 0.01)), at)
    goes_on = random.random() < 0.3 and not fault.deletes
    return TalkPlan(tag, USERS[number % 2], fault, point, at, script, gate, random.random() < 0.5, goes_on)


def carry_out(ground: Ground, plan: Plan) -> Verdict:
    talks = [Talk(ground, talk) for talk in plan.talks]
    try:
        with ThreadPoolExecutor(len(talks)) as pool, _looking(talks):
            list(pool.map(Talk.begin, talks))
            victim = plan.random.choice(ground.workers) if plan.upset.hits == "one" else 0
            _mark(ground, plan.upset, victim, talks)
            meeting = [pool.submit(talk.meet) for talk in talks]
            time.sleep(plan.delay)
            lasting = _strike(ground, plan, victim)
            gone = time.monotonic()
            for talk, done in zip(talks, meeting, strict=True):
                talk.look()
                done.result()  # first: what a user does at a gate is to work while the gate is closed
                talk.release()
            _settle(ground, talks, gone)
            seconds = time.monotonic() - gone
            for step in (Talk.go_on, Talk.ask_more):
                list(pool.map(step, talks))
                _settle(ground, talks, time.monotonic())
            list(pool.map(Talk.conclude, talks))
        talks[0].case.late.extend(lasting)
        return _judge(ground, plan, talks, seconds)
    finally:
        for talk in talks:
            talk.close()
        ground.upstream.clear()


def _strike(ground: Ground, plan: Plan, victim: int) -> list[str]:
    """The fault of the ground; what did not come back from it."""
    try:
        plan.upset.strike(ground, plan.random, victim)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return [f"{plan.upset.name}: {str(error)[-1000:]}"]
    return []


@contextmanager
def _looking(talks: list[Talk]) -> Iterator[None]:
    """Meanwhile compare again and again what is shown with what is stored: there must be no lag."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK):
            for talk in talks:
                talk.look()

    looking = threading.Thread(target=look, name="looks", daemon=True)
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()


def _mark(ground: Ground, upset: Upset, victim: int, talks: list[Talk]) -> None:
    """Say which talks the fault of the ground will hit; those whose process cannot be known are among them."""
    owners: dict[int, int] = {}
    if victim:
        ports = {record.peer for talk in talks for record in talk.records}
        owners = port_owner(ground.workers, ports)
    for talk in talks:
        talk.case.upset, talk.case.shaken = upset is not CALM, upset.shakes
        asking = [owners.get(record.peer) for record in talk.records if not record.ended.is_set()]
        elsewhere = bool(asking) and asking[-1] is not None and asking[-1] != victim
        talk.case.hit = upset.hits == "all" or (upset.hits == "one" and not elsewhere)


def _settle(ground: Ground, talks: list[Talk], since: float) -> None:
    """Until nothing of these talks is open, in the database and at the upstream, or the time is up."""
    conversations = [pk for talk in talks for pk in talk.conversations]
    while time.monotonic() - since < SETTLED:
        records = [record for talk in talks for record in talk.records]
        if not ground.database.open_of(conversations) and all(record.ended.is_set() for record in records):
            return
        time.sleep(LOOK)


def _judge(ground: Ground, plan: Plan, talks: list[Talk], seconds: float) -> Verdict:
    stored = ground.database.everything({talk.tag: talk.conversations for talk in talks})
    requests = [Request.of(record) for record in list(ground.upstream.records)]
    cases = [talk.case for talk in talks]
    evidence = Evidence(cases, requests, stored, seconds, plan.upset.limit)
    by_fault: dict[str, dict[int, int]] = {}
    found = broken(evidence)
    for number, sentences in found.items():
        for sentence in sentences:
            case = next((case for case in cases if sentence.startswith(f"{case.tag}:")), None)
            name = case.fault if case and case.fault != "none" else plan.upset.name
            counts = by_fault.setdefault(name, {})
            counts[number] = counts.get(number, 0) + 1
    return Verdict(plan, found, seconds, [case.fault for case in cases], by_fault)
