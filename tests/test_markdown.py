"""Rendered text keeps what was written, and is safe whatever was written."""

import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.markdown import render, render_code_lines, render_tail
from chat.markdown.highlight import CLASSES, highlighted

LINK = 'target="_blank" rel="noopener noreferrer nofollow"'
CODE_HEAD = '<div class="code"><div class="code-head"><span class="code-language">{}</span>{}</div>'
COPY = '<button type="button" class="copy" data-copy="">Copy</button>'

VOID = {"hr", "br", "input"}
ALIGN = {"left", "center", "right"}
ALLOWED = {
    "a": {"href": None, "target": {"_blank"}, "rel": {"noopener noreferrer nofollow"}},
    "ol": {"start": None},
    "p": {"class": {"raw"}},
    "div": {
        "class": {"code", "code-head", "table"},
        "role": {"region"},
        "aria-label": {"Table"},
        "tabindex": {"0"},
    },
    "span": {"class": {"host", "code-language", *CLASSES}},
    "button": {"type": {"button"}, "class": {"copy"}, "data-copy": {""}},
    "pre": {"tabindex": {"0"}},
    "input": {"type": {"checkbox"}, "disabled": {""}, "checked": {""}, "aria-label": {"Done", "To do"}},
    "th": {"scope": {"col"}, "align": ALIGN},
    "td": {"align": ALIGN},
}
ALLOWED |= {tag: {} for tag in ("h1", "h2", "h3", "h4", "h5", "h6", "ul", "li", "blockquote", "hr", "br")}
ALLOWED |= {tag: {} for tag in ("code", "em", "strong", "del", "table", "thead", "tbody", "tr")}
LANGUAGES = ["c", "js", "css", "json", "python", "ruby", "bash", "yaml", "ini", "sql", "lua", "hs", "ocaml"]
LANGUAGES += ["lisp", "latex", "html", "diff", "hcl", "unknown"]


class Audit(HTMLParser):
    """Fails on whatever a rendering may not hold, and keeps its text."""

    def __init__(self, html):
        super().__init__()
        self.open = []
        self.text = ""
        self.links = []
        self.depth = 0
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        for name, value in attrs:
            assert name in ALLOWED[tag], (tag, name)
            values = ALLOWED[tag][name]
            assert values is None or value in values, (tag, name, value)
            if name == "start":
                assert value.isdecimal()
            if name == "href":
                assert urlsplit(value).scheme in ("http", "https", "mailto"), value
                assert value.isascii() and value.isprintable() and " " not in value
                self.links.append(value)
        if tag == "a":
            assert set(names) == {"href", "target", "rel"}
        if tag not in VOID:
            self.open.append(tag)
            self.depth = max(self.depth, len(self.open))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


HOSTILE = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert&lpar;1&rpar;)",
    "[x](javascript&Tab;:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](%6Aavascript:alert(1))",
    "[x](javascript://example.com/%0Aalert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](blob:https://example.com/1)",
    "[x](//evil.example/x)",
    "[x](/accounts/logout/)",
    "[x](\\\\evil.example\\x)",
    "[x](https:evil.example)",
    "[x](https://bank.example\\@evil.example/)",
    "[x](https://bank.example@evil.example/)",
    "[x](https://evil.example%2f.bank.example/)",
    "[x](http://[::1)",
    '[x](https://e.example/"onmouseover=alert(1)//)',
    "[x](https://e.example 'a\" onclick=\"alert(1)')",
    '[x](https://e.example "><script>alert(1)</script>")',
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[r]\n\n[r]: <data:text/html,x> 'title'",
    "[[a](javascript:b)](https://e.example)",
    "[a](https://e.example/[b](javascript:c))",
    "[![a](javascript:b)](javascript:c)",
    "![a](javascript:alert(1))",
    "![a](https://e.example/pixel.png)",
    '![" onerror="alert(1)](https://e.example/x"onerror="alert(1))',
    "![[x](javascript:a)<img src=x onerror=alert(1)>](https://e.example)",
    "<javascript:alert(1)>",
    "<data:text/html,<script>alert(1)</script>>",
    "<a@b.example?onclick=x>",
    'https://e.example/"onclick=alert(1)',
    "https://e.example/'><script>alert(1)</script>",
    "http://javascript:alert(1)",
    "<script>alert(1)</script>",
    "<script\n>alert(1)</script\n>",
    "<ScRiPt src=//evil.example>",
    "<<script>script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <img/src='x'onerror=alert(1)> b",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x>",
    "<form action=//evil.example><button formaction=javascript:alert(1)>x</button></form>",
    "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css><style>@import '//evil.example'</style>",
    "<p style=background:url(//evil.example) id=x name=y class=z>x</p>",
    "<div hx-get=/x hx-trigger=load data-hx-post=/y hx-on:click=alert(1) sse-connect=/z>",
    "a <b data-hx-on--load=alert(1) sse-swap=x data-copy>b</b>",
    "<button data-copy hx-post=/x>Copy</button>",
    "<input type=checkbox autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<template><script>alert(1)</script></template><noscript><p title='</noscript><img src=x>'>",
    "<textarea></textarea><img src=x onerror=alert(1)><title></title><plaintext>",
    "<!-- --><script>alert(1)</script><!-- -->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><!DOCTYPE html [<!ENTITY x 'y'>]>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x&#62;",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> [x](javascript:a) |\n",
    '| a | b |\n|:-:|--:"onclick=x|\n| 1 | 2 |\n',
    '```"><script>alert(1)</script>\nx\n```',
    "~~~ html' onclick='alert(1)\n</code></pre><script>alert(1)</script>\n~~~",
    "```html\n<script>alert(1)</script>\n<!-- </span><img src=x onerror=alert(1)>\n```",
    "```js\n// </span><script>\n\"</code><img src=x>\n`${'<svg onload=x>'}`\n```",
    "    </code></pre><script>alert(1)</script>\n",
    "`</code><script>alert(1)</script>`",
    "[^1]\n\n[^1]: <script>alert(1)</script> [x](javascript:a)",
    "# x {#id .class onclick=alert(1)}",
    "> [!NOTE]<img src=x>\n> <script>\n- <svg onload=x>",
    "- [x] <img src=x>\n- [ ]<script>",
    "$$<script>alert(1)</script>$$ \\(<img src=x>\\)",
    "a\0<scr\0ipt>alert(1)</scr\0ipt>[x](java\0script:a)",
    "\ud83d<script>\udc00[x](https://e.example/\ud800)",
    "a\rb<script>\r\n\r```\r\n</code><script>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_every_prefix_of_a_hostile_text_is_safe(text):
    for end in range(1, len(text) + 1):
        Audit(render_tail(text[:end]))
        Audit(render(text[:end]))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_safe_inside_everything(text):
    around = [
        "> {}",
        "- {}",
        "**{}**",
        "[{}](https://e.example)",
        "![{}](https://e.example)",
        "|{}|\n|-|\n|{}|",
    ]
    for shape in [*around, "```html\n{}", "<div>{}", "<!-- {}", '"{}"', "x\n\n{}\n\nhttps://e.example"]:
        Audit(render(shape.replace("{}", text)))
    Audit(f"<pre>{render_code_lines(text)}</pre>")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*HOSTILE, "\n", "\n\n", "> ", "- ", "```\n", "|", "*", "[", "](", "<"]), max_size=8
    )
)
def test_hostile_texts_are_safe_together(texts):
    Audit(render("".join(texts)))


@pytest.mark.parametrize(
    "text",
    [
        "Use <div class='a'>text</div> here",
        "<div>\n  <p>a & b</p>\n</div>",
        "<!DOCTYPE html>",
        "<script>\n\nlet a = 1 < 2;\n</script>",
        "<!-- note -->",
        "std::vector<std::string> and <std::vector>",
    ],
)
def test_html_in_a_text_is_shown_as_it_was_written(text):
    assert Audit(render(text)).text.strip() == text


def test_marks_become_elements():
    assert render("a *b* **c** ~~d~~ `e`\nf  \ng") == (
        "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e</code>\nf<br>\ng</p>\n"
    )
    assert render("# a\n\n> b\n\n---\n") == "<h1>a</h1>\n<blockquote>\n<p>b</p>\n</blockquote>\n<hr>\n"
    assert render("7. a\n8. b\n") == '<ol start="7">\n<li>a</li>\n<li>b</li>\n</ol>\n'


def test_tasks_are_boxes_that_cannot_be_ticked():
    assert render("- [ ] a\n- [x] b\n") == (
        '<ul>\n<li><input type="checkbox" disabled="" aria-label="To do"> a</li>\n'
        '<li><input type="checkbox" disabled="" checked="" aria-label="Done"> b</li>\n</ul>\n'
    )


def test_a_table_stands_in_a_box_that_scrolls():
    assert render("| a | b |\n|--:|---|\n| 1 | `x` |\n") == (
        '<div class="table" role="region" aria-label="Table" tabindex="0"><table>\n'
        '<thead><tr><th scope="col" align="right">a</th><th scope="col">b</th></tr></thead><tbody>\n'
        '<tr><td align="right">1</td><td><code>x</code></td></tr>\n'
        "</tbody></table></div>\n"
    )


def test_finished_code_has_its_language_a_copy_button_and_colours():
    html = render("```python title=x\n\nif a < 1:  # b\n    f('c')\n```\n")
    assert html == (
        CODE_HEAD.format("python", COPY) + '<pre tabindex="0"><code>\n<span class="k">if</span> a &lt; '
        '<span class="m">1</span>:  <span class="c"># b</span>\n    <span class="nf">f</span>('
        "<span class=\"s\">'c'</span>)\n</code></pre></div>\n"
    )


def test_code_that_grows_has_neither_copy_button_nor_colours():
    html = render_tail("```python\nif a < 1:\n    f(")
    assert html == CODE_HEAD.format("python", "") + (
        '<pre tabindex="0"><code>if a &lt; 1:\n    f(</code></pre></div>\n'
    )
    assert render_code_lines("a < b & 'c'\n") == "a &lt; b &amp; 'c'\n"


@pytest.mark.parametrize("language", ["", "unknown", "text", "Brainf*ck", "py\u0163"])
def test_code_in_no_known_language_is_plain(language):
    html = render(f"```{language}\nif x: 1\n```")
    assert "if x: 1" in html
    assert Audit(html).text.startswith(language)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(LANGUAGES),
    st.text(alphabet="ab1_.-=:#/*<>!(){}[]\\\"'`@%;|+&\n\t é", max_size=80),
)
def test_colours_change_no_character_of_the_code(language, code):
    fenced = f"~~~~{language}\n{code}\n~~~~~"
    if "~" not in code:
        assert Audit(render(fenced)).text.removeprefix(f"{language}Copy").removesuffix("\n") == code + "\n"


@pytest.mark.parametrize(
    ("text", "href", "rest"),
    [
        ("https://a.example", "https://a.example", ""),
        ("https://a.example/b_c_d?e=f&g=h#i.", "https://a.example/b_c_d?e=f&amp;g=h#i", "."),
        ("https://a.example/b_(c)).", "https://a.example/b_(c)", ")."),
        ("https://a.example/?q=*,", "https://a.example/?q=", "*,"),
        ("http://localhost:8000/é", "http://localhost:8000/%C3%A9", ""),
        ("https://a.example/b。そして", "https://a.example/b", "。そして"),
        ('https://a.example", he said', "https://a.example", '", he said'),
    ],
)
def test_a_bare_address_becomes_a_link(text, href, rest):
    visible = text.removesuffix(rest).replace("&", "&amp;")
    for before in ("", "see (", "见", "😀 **x** "):
        link = f'<a href="{href}" {LINK}>{visible}</a>{rest}'
        assert link in render(before + text)


@pytest.mark.parametrize(
    "text", ["xhttps://a.example", "https://", "http://?", "ftp://a.example", "www.a.example"]
)
def test_what_is_no_address_stays_text(text):
    assert render(text) == f"<p>{text}</p>\n"


def test_no_link_is_made_in_code_or_in_a_link():
    assert Audit(render("`https://a.example` and <b title='https://a.example'>")).links == []
    assert Audit(render("[https://a.example](https://b.example)")).links == ["https://b.example"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[bank](https://evil.example/x)", "evil.example"),
        ("[https://bank.example](https://evil.example)", "evil.example"),
        ("[evil.example.bank.example](https://evil.example)", "evil.example"),
        ("[bank.example/evil.example](https://evil.example)", "evil.example"),
        ("[**b** `c`](http://evil.example:80/)", "evil.example"),
        ("[b\u0430nk.example](https://b\u0430nk.example)", "xn--bnk-6cd.example"),
        ("[write](mailto:eve@evil.example?subject=x)", "eve@evil.example"),
        ("![chart](https://evil.example/c.png)", "evil.example"),
        ("[r]\n\n[r]: https://evil.example", "evil.example"),
    ],
)
def test_a_link_shows_its_host_when_its_text_does_not(text, place):
    assert f'</a> <span class="host">({place})</span>' in render(text)


@pytest.mark.parametrize(
    "text",
    [
        "[a.example](https://a.example/b)",
        "[www.A.example/b](https://a.example/b)",
        "[https://a.example](https://www.a.example)",
        "<https://a.example/b>",
        "<eve@a.example>",
        "[eve@a.example](mailto:eve@a.example)",
    ],
)
def test_a_link_named_by_its_host_does_not_repeat_it(text):
    html = render(text)
    assert "<a " in html
    assert "host" not in html


def test_an_image_is_a_link_and_a_picture_without_words_shows_its_host():
    assert render("![](https://a.example/b.png)") == (
        f'<p><a href="https://a.example/b.png" {LINK}>a.example</a></p>\n'
    )
    assert Audit(render("[![alt](https://i.example)](https://l.example)")).links == ["https://l.example"]


@pytest.mark.parametrize(
    "text", ["[x](javascript:a)", "[x](/logout)", "[x](#top)", "![x](data:a)", "[x](https://u:p@h)"]
)
def test_a_link_to_elsewhere_keeps_its_text_only(text):
    assert render(text) == "<p>x</p>\n"


def test_nesting_beyond_reason_keeps_the_text():
    stairs = "".join(f"{'  ' * level}- a\n" for level in range(200))
    for text in (">" * 50_000, "- " * 50_000, "**a " * 5_000 + "b** " * 5_000, stairs):
        page = Audit(render(f"before\n\n{text} end"))
        assert page.text.startswith("before\n")
        assert page.text.rstrip().endswith("end")
        assert page.depth < 70


LONG = {
    "brackets": "[",
    "pictures": "![",
    "destinations": "[a](",
    "less-than signs": "<",
    "comments": "<!--",
    "backticks": "`e``",
    "pipes": "|",
    "stars": "*a **a ",
    "ampersands": "&",
    "addresses": "http://",
    "address ends": "http://a.example/(),.",
    "definitions": "[a]:\n",
    "fences": "- ```\n",
    "quotes": ">",
    "lists": "- 1. ",
    "deep quote, lazy lines": None,
    "wide table": None,
}


@pytest.mark.parametrize("name", LONG)
def test_time_grows_no_faster_than_the_text(name):
    def seconds(length):
        special = {
            "deep quote, lazy lines": ">" * (length // 2) + "a\n" * (length // 4),
            "wide table": "|"
            + "a|" * (length // 8)
            + "\n|"
            + "-|" * (length // 8)
            + "\n"
            + "|a\n" * (length // 6),
        }
        text = special.get(name) or (LONG[name] * length)[:length]
        best = float("inf")
        for _ in range(2):
            begin = time.thread_time()
            render(text)
            best = min(best, time.thread_time() - begin)
        return best

    # A square law would take 64 times as long for eight times the text.
    assert seconds(400_000) < max(24 * seconds(50_000), 0.25)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("piece", ["-", "a-", '"', '\\"', "/*", "a(", "\t\n", "<!-"])
def test_colours_take_no_longer_than_the_code_is(language, piece):
    begin = time.thread_time()
    highlighted(piece * (30_000 // len(piece)), language)
    assert time.thread_time() - begin < 1  # seconds; a square law takes several
