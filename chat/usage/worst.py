"""The most that a call can take of a budget, and the longest answer that still fits."""

from dataclasses import dataclass

from chat.models import Call, Price, Unit
from chat.usage.prices import MOST_NANO_USD, price_of


@dataclass(frozen=True)
class Worst:
    """Tokens. Without a price it costs nothing that a budget in USD could reserve."""

    prompt: int
    answer: int
    price: Price | None = None

    def amount(self, unit: str) -> int:
        """In the budget's unit."""
        if unit == Unit.REQUESTS:
            return 1
        if unit == Unit.TOKENS:
            return self.prompt + self.answer
        if self.price is None:
            return 0
        cost = self.prompt * self.price.prompt_nano_usd + self.answer * self.price.completion_nano_usd
        return min(cost, MOST_NANO_USD)

    def longest_answer(self, unit: str, left: int) -> int:
        """Tokens of an answer for which so much of a budget is enough: at most `answer`, and below 0 for none."""
        if unit == Unit.REQUESTS:
            return self.answer if left >= 1 else -1
        if unit == Unit.TOKENS:
            return min(self.answer, left - self.prompt)
        if self.price is None:
            return self.answer
        left -= self.prompt * self.price.prompt_nano_usd
        a_token = self.price.completion_nano_usd
        if left < 0:
            return -1
        return min(self.answer, left // a_token) if a_token else self.answer


def worst_of(call: Call) -> Worst:
    """Of a call that runs."""
    price = price_of(call.model_requested, call.model_answered, call.day)
    return Worst(max(call.reserved_tokens - call.max_tokens, 0), call.max_tokens, price)
