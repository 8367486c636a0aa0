"""Why a call is not admitted.

OverBudget
├── UsedUp     what is left of a budget is too little for it
├── InUse      it would fit, but for what replies that are running have reserved
└── Unpriced   nobody knows what it costs, and a budget is in USD
"""

from chat.usage.standing import Standing

AGAIN = 10  # s after which replies that run may have ended


class OverBudget(Exception):
    """`sentence` is meant for the person who asked, `why` for the audit trail.

    `retry_after` is in seconds, None where time helps nothing.
    """

    def __init__(self, standing: Standing, sentence: str, why: str, retry_after: int | None) -> None:
        super().__init__(sentence)
        self.standing = standing
        self.sentence = sentence
        self.why = why
        self.retry_after = retry_after


class UsedUp(OverBudget):
    def __init__(self, standing: Standing) -> None:
        if standing.is_used_up:
            what = f"is used up: {standing.used_of_limit}"
        else:
            what = f"has too little left for this: {standing.used_of_limit} are used"
        sentence = f"{standing.name} {what}. It resets on {standing.resets_on}."
        super().__init__(standing, sentence, f"{standing.used_of_limit} used", standing.seconds_left)


class InUse(OverBudget):
    def __init__(self, standing: Standing) -> None:
        sentence = (
            f"{standing.name} is in use by replies that are running: {standing.used_of_limit} are used, "
            f"{standing.reserved_words} more are reserved. Send it again when some have ended. "
            f"It resets on {standing.resets_on}."
        )
        why = f"{standing.used_of_limit} used, {standing.reserved_words} reserved"
        super().__init__(standing, sentence, why, min(AGAIN, standing.seconds_left))


class Unpriced(OverBudget):
    def __init__(self, standing: Standing, model: str) -> None:
        sentence = (
            f"{standing.name} is in USD, and what the model “{model}” costs is not known here. "
            "Choose another model in Settings, or ask the administrator to enter its price."
        )
        super().__init__(standing, sentence, f"no price is known of {model}", None)
