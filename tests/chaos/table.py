"""The outcome of many runs as a Markdown table: fault by rule."""

from collections import Counter
from collections.abc import Sequence

from tests.chaos.run import Verdict

RULES = range(1, 10)


def table(verdicts: Sequence[Verdict]) -> str:
    """How often each fault came, and how many sentences said that a rule was broken; 0 is what is wanted."""
    times: Counter[str] = Counter()
    broken: Counter[tuple[str, int]] = Counter()
    for verdict in verdicts:
        times[f"{verdict.plan.upset.name} (all)"] += 1
        times.update(verdict.cases)
        for fault, counts in verdict.by_fault.items():
            name = f"{fault} (all)" if fault == verdict.plan.upset.name else fault
            for rule, count in counts.items():
                broken[name, rule] += count
    lines = ["| fault | times | " + " | ".join(map(str, RULES)) + " |", "| --- " * 11 + "|"]
    for fault in sorted(times, key=lambda name: (not name.endswith("(all)"), name)):
        cells = " | ".join(str(broken[fault, rule]) for rule in RULES)
        lines.append(f"| {fault} | {times[fault]} | {cells} |")
    return "\n".join(lines)
