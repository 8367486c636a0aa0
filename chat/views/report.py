"""What a usage page shows, as its address says, and the addresses that its links lead to."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from chat import usage
from chat.forms import SORTS, ReportForm
from chat.views.answers import UserRequest
from chat.views.spans import wrong_of

KEPT = ("from", "to", "by", "show", "sort", *usage.COLUMNS)  # of the address, in every link
USUAL = {"by": "user", "show": "requests", "sort": "requests"}
WORDS = {what: what for what in usage.COLUMNS} | {"key": "API key"}
TITLES = {what: words[0].upper() + words[1:] for what, words in WORDS.items()}


@dataclass(frozen=True)
class Link:
    name: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Linked:
    """A row of the table, with the ledger rows behind it and behind what is unfinished of it, and its own page."""

    row: usage.Row
    calls: str
    unfinished: str
    only: str


@dataclass(frozen=True)
class Report:
    span: usage.Span
    only: usage.Only
    by: str
    show: str
    sort: str
    wrong: str
    given: dict[str, str]

    @property
    def title(self) -> str:
        return TITLES[self.by]

    @property
    def by_words(self) -> str:
        """Such as "by API key"."""
        return f"by {WORDS[self.by]}"

    @property
    def dimensions(self) -> list[Link]:
        return [Link(TITLES[by], self._page(by=by), by == self.by) for by in usage.COLUMNS]

    @property
    def measures(self) -> list[Link]:
        return [Link(show.capitalize(), self._page(show=show), show == self.show) for show in usage.SHOWN]

    @property
    def filters(self) -> list[Link]:
        """What it is limited to, each with the address that takes it off."""
        return [
            Link(f"{TITLES[name]}: {usage.names_of(name, [value])[value]}", self._page(**{name: None}))
            for name, value in self.only.chosen.items()
        ]

    @property
    def sorts(self) -> dict[str, Link]:
        return {
            word.replace("-", "_"): Link(word, self._page(sort=word), word == self.sort) for word in SORTS
        }

    @property
    def kept(self) -> dict[str, str]:
        """What a form about the days hands on."""
        return {name: value for name, value in self.given.items() if name not in {"from", "to"}}

    @property
    def calls_url(self) -> str:
        return self._url("usage-calls")

    @property
    def unfinished_url(self) -> str:
        return self._unfinished()

    @property
    def page_url(self) -> str:
        return self._page()

    @property
    def csv_url(self) -> str:
        return self._url("usage-csv")

    @property
    def json_url(self) -> str:
        return self._url("usage-json")

    def older_url(self, before: int) -> str:
        return self._url("usage-calls", before=before)

    def sorted(self, rows: Iterable[usage.Row]) -> list[Linked]:
        """As the address says, the largest first; names from A to Z."""
        keys = {
            "requests": lambda row: (-row.requests, row.name),
            "tokens-in": lambda row: (-row.prompt_tokens, row.name),
            "tokens-out": lambda row: (-row.completion_tokens, row.name),
            "cost": lambda row: (-row.cost_nano_usd, row.name),
            "estimated": lambda row: (-row.estimated, row.name),
            "unfinished": lambda row: (-row.unfinished, row.name),
            "name": lambda row: row.name.casefold(),
        }
        return [
            Linked(
                row,
                self._url("usage-calls", **{self.by: row.value}),
                self._unfinished(**{self.by: row.value}),
                self._page(**{self.by: row.value, "by": "model" if self.by == "user" else "user"}),
            )
            for row in sorted(rows, key=keys[self.sort])
        ]

    def _unfinished(self, **changes: object) -> str:
        """A status that was chosen stays: all of what it finds is unfinished, or none."""
        return self._url("usage-calls", **{"status": self.only.status or usage.UNFINISHED, **changes})

    def _page(self, **changes: object) -> str:
        return self._url("usage-all", **changes)

    def _url(self, name: str, **changes: object) -> str:
        """With everything that was given, but for what changes; None takes it out."""
        query = QueryDict(mutable=True)
        for key, value in {**self.given, **changes}.items():
            if value is not None:
                query[key] = str(value)
        return f"{reverse(name)}{'?' if query else ''}{query.urlencode()}"


def report_of(request: UserRequest) -> Report:
    """Where the address is wrong, of what is right of it, with a sentence; of this month, where its days are."""
    form = ReportForm(request.GET)
    wrong = "" if form.is_valid() else wrong_of(form)
    right = form.cleaned_data.keys() - (set() if form.has_days else {"from", "to"})
    given = {name: request.GET[name] for name in KEPT if name in right and request.GET.get(name)}
    by, show, sort = (form.cleaned_data.get(name, usual) for name, usual in USUAL.items())
    span = form.span() if form.has_days else usage.Span.this_month()
    return Report(span, form.only(), by, show, sort, wrong, given)
