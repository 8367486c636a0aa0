"""The stretch of a branch that a page shows: a hundred messages at most, whatever the branch has."""

from dataclasses import dataclass, field, replace

from chat.models import Conversation, Message
from chat.models.tree import Tree

MOST = 100  # messages


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """`messages` are those of `branch` that are shown; `branch` begins with the conversation's first message."""

    tree: Tree = field(default_factory=lambda: Tree({}))
    branch: list[Message] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def end(self) -> int | None:
        """The last message of the branch, shown or not."""
        return self.branch[-1].pk if self.branch else None

    @property
    def earlier(self) -> int | None:
        """The first message shown, when there are others before it."""
        return self.messages[0].pk if self.messages and self.messages[0] != self.branch[0] else None

    @property
    def later(self) -> int | None:
        """The last message shown, when there are others after it."""
        return self.messages[-1].pk if self.messages and self.messages[-1] != self.branch[-1] else None

    def newest(self, count: int) -> "Stretch":
        """The last messages alone: what a send adds to a page."""
        return replace(self, messages=self.messages[-count:])


def stretch_of(
    conversation: Conversation,
    leaf: int | None = None,
    *,
    through: int | None = None,
    before: int | None = None,
    after: int | None = None,
) -> Stretch:
    """The end of the branch to `leaf` (default: the one that was chosen last), in two queries.

    `through` is a message that must be shown: the newest branch through it. `before` and `after` are messages of
    the branch that the stretch ends or begins beside. Raises Message.DoesNotExist for what is not there.
    """
    tree = conversation.tree()
    for pk in (leaf, through, before, after):
        if pk is not None and pk not in tree:
            raise Message.DoesNotExist(f"message {pk} is not in conversation {conversation.pk}")
    if leaf is None:
        leaf = conversation.end_in(tree)
        if through is not None and through not in tree.path(leaf):
            leaf = tree.end_below(through)
    branch = conversation.branch_in(tree, leaf)
    if branch and not branch[-1].is_assistant and (answer := tree.newest_below(branch[-1].pk)):
        branch = conversation.branch_in(tree, answer)  # no question is shown without its answer
    start, end = _limits([message.pk for message in branch], through=through, before=before, after=after)
    return Stretch(tree=tree, branch=branch, messages=branch[start:end])


def _limits(
    path: list[int], *, through: int | None, before: int | None, after: int | None
) -> tuple[int, int]:
    places = {pk: place for place, pk in enumerate(path)}
    if before is not None and before in places:
        return max(places[before] - MOST, 0), places[before]
    if after is not None and after in places:
        return places[after] + 1, places[after] + 1 + MOST
    start = max(len(path) - MOST, 0)
    if through is not None and places.get(through, start) < start:
        start = max(places[through] - MOST // 2, 0)
    return start, start + MOST
