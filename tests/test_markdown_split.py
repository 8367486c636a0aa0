"""A growing text is cut at places that stay."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.markdown import OpenCode, Split, render, render_code_lines, render_tail, split

WORDS = ["a", "b c", "x: y", "é", "😀", "a|b\n", '"t"', "[a]", "](u)", " ", "  ", "    ", "\t"]
ENDS = ["\n", "\n\n", "\n\n", "\r\n", "\r"]
MARKS = ["- ", "* ", "+ ", "1. ", "2) ", "10. ", "- [ ] ", "> ", "# ", "```", "```py\n", "~~~", "[a]: /u"]
PARTS = ["#", "---", "===", "***", "|", "|-|-|\n", "'", "(", "[", "`", "\\", "_", "=", ":", "&"]
HTML = [
    "<div>",
    "</div>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<pre>",
    "<x>",
    "<?",
    "?>",
    "<![CDATA[",
    "]]>",
]
texts = st.lists(st.sampled_from(WORDS + ENDS + MARKS + PARTS + HTML), max_size=16).map("".join)


@settings(max_examples=1500, deadline=None)
@given(texts)
def test_a_finished_block_stays_finished_however_the_text_goes_on(text):
    before = ()
    for end in range(len(text) + 1):
        blocks = split(text[:end]).blocks
        assert blocks[: len(before)] == before
        before = blocks


@settings(max_examples=1500, deadline=None)
@given(texts)
def test_cutting_from_any_boundary_gives_the_same_pieces(text):
    whole = split(text)
    for _, end in whole.blocks:
        rest = tuple(block for block in whole.blocks if block[0] >= end)
        assert split(text, end) == Split(rest, whole.tail, whole.code)


@settings(max_examples=500, deadline=None)
@given(texts)
def test_the_pieces_hold_every_character_once(text):
    pieces = split(text)
    offsets = [0, *(end for _, end in pieces.blocks)]
    assert [start for start, _ in pieces.blocks] == offsets[:-1]
    assert pieces.tail == offsets[-1] <= len(text)
    if pieces.code:
        assert pieces.tail < pieces.code.start <= pieces.code.lines_end <= len(text)


def blocks(text):
    return [text[start:end] for start, end in split(text).blocks]


def test_the_last_block_is_open():
    assert blocks("# a\n\nb\n") == ["# a\n"]
    assert split("# a\n\nb\n").tail == 4
    assert blocks("") == []


def test_a_closed_fence_is_finished_at_once():
    assert blocks("a\n\n```\nb\n```\n") == ["a\n", "\n```\nb\n```\n"]
    assert blocks("a\n\n```\nb\n```") == ["a\n"]
    assert blocks("a\n\n````\nb\n```\n~~~~\n") == ["a\n"]


def test_a_line_that_could_still_become_something_else_decides_nothing():
    for beginning in ("-", "1", "1.", "`", "``", "```py", "#", ">", "=", "[", "|", "<", "*", "- ", " ", "\\"):
        assert blocks("a\n\n" + beginning) == []
    for beginning in ("b", "é", "**b", "`b", '"b', "- b", "1. b", "  b"):
        assert blocks("a\n\n" + beginning) == ["a\n"]


@pytest.mark.parametrize(
    "text",
    [
        "- a\n\n  b\n",
        "- a\n- b\n\n- c\n",
        "1. a\n\n   ```\n   b\n\n   c\n   ```\n",
        "> a\nb\n",
        "    a\n\n    b\n",
        "a\nb\n===\n",
        "| a |\n|---|\n| b |\n",
        "<!-- a\n\nb\n",
        "<div>\na\n",
    ],
)
def test_what_belongs_together_is_one_block(text):
    assert blocks(text) == []
    assert blocks(text + "-->\n\n# end\n")[0].startswith(text)


@pytest.mark.parametrize(
    "text",
    ["- \n[a]: /u\n1. \n", "+ [a]: /u\n[a]: /u\n|b\n", "- a\n\n  [b]: /u\n  c\n", "a\n\n[b]: /u\n'c\nd'\n"],
)
def test_a_link_definition_moves_no_boundary(text):
    seen = [split(text[:end]).blocks for end in range(len(text) + 1)]
    assert all(later[: len(sooner)] == sooner for sooner, later in pairwise(seen))


def test_an_open_code_block_tells_its_finished_lines():
    text = "é😀\n\n```python x\nab\ncd"
    code = split(text).code
    assert code == OpenCode("python", text.index("ab"), text.index("cd"))
    assert split(text, 3).code == code
    assert text[code.start : code.lines_end] == "ab\n"
    assert split(text + "\n```\n").code is None


def test_lines_appended_to_open_code_are_those_of_its_rendering():
    text = "```c\nif (a < b)\n    \nreturn"
    code = split(text).code
    lines = render_code_lines(text[code.start : code.lines_end])
    assert f"<code>{lines}return</code>" in render_tail(text)


def test_blocks_and_tail_together_show_what_the_whole_shows():
    text = "# a\n\nb *c*\nd\n\n- e\n- f\n\n```py\nif g: 1\n```\n\n| h |\n|---|\n| i |\n\n> j\n\nk\n"
    pieces = split(text)
    html = "".join(render(text[start:end]) for start, end in pieces.blocks) + render(text[pieces.tail :])
    assert html == render(text)


def test_nothing_is_cut_behind_nesting_beyond_reason():
    assert blocks("a\n\nb\n\n" + ">" * 1000 + "\n\nc\n\nd\n") == ["a\n"]
