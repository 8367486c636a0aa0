"""Colours for code, in one pass that is linear for every text.

Each alternative of a dialect's pattern keeps what it has read (possessive quantifiers), and an open
string or comment reaches to its line's or the code's end, so no character is read more than thrice.
"""

import re
from dataclasses import dataclass
from html import escape

# Classes as Pygments calls them: comment, string, number, keyword, function, tag or key, attribute,
# and the heading, deleted and inserted lines of a diff.
CLASSES = frozenset({"c", "s", "m", "k", "nf", "nt", "na", "gh", "gd", "gi"})

_STRING = r'"(?:[^"\\\n]|\\.)*+"?'
_CHARACTER = r"'(?:[^'\\\n]|\\.[^'\n]{0,8})'"
_STRINGS = _STRING + r"|'(?:[^'\\\n]|\\.)*+'?"
_LONG_STRINGS = r'"""(?s:.*?)(?:"""|\Z)|' + r"'''(?s:.*?)(?:'''|\Z)|" + _STRINGS
_TEMPLATES = r"`(?:[^`\\]|\\.)*+`?|" + _STRINGS
_SLASHES = r"//[^\n]*+|/\*(?s:.*?)(?:\*/|\Z)"
_HASH = r"(?<!\S)\#[^\n]*+"
_DASHES = r"--[^\n]*+"
_SEMICOLON = r"(?<!\S);[^\n]*+"
_PERCENT = r"(?<!\\)%[^\n]*+"
_KEY = r"^[ \t-]*+[\w.-]++(?=[ \t]{0,8}[:=])|^\[[^\n]*+"
_MARKUP = (
    r"(?P<c><!--(?s:.*?)(?:-->|\Z))|(?P<nt></?+[\w:!?-]++)|(?P<na>[\w:@.-]++)(?==)"
    r"""|(?P<s>(?<==)(?:"[^"]*+"?|'[^']*+'?))|(?P<word>[\w:@.-]++)"""
)
_DIFF = r"^(?:(?P<gh>(?:@@|diff |index |--- |\+\+\+ )[^\n]*+)|(?P<gd>-[^\n]*+)|(?P<gi>\+[^\n]*+))"

_C_WORDS = """
    abstract alignas as assert async await auto bool boolean break byte case catch char class co_await
    const constexpr continue crate data debugger default defer delete do double dyn else enum explicit
    export extends extern false final finally fixed float fn for foreach friend fun func function global go
    goto guard if impl implements import in inline instanceof int interface internal is let lock long loop
    match mod mut namespace native new nil noexcept null nullptr of open operator override package private
    protected protocol pub public readonly record ref register return sealed self short signed sizeof
    static string struct super suspend switch synchronized template this throw throws trait transient true
    try typedef typename typeof undefined union unsafe unsigned use using val var virtual void volatile
    when where while with yield
"""
_PYTHON_WORDS = """
    False None True and as assert async await break case class continue def del elif else except finally
    for from global if import in is lambda match nonlocal not or pass raise return self try while with
    yield
"""
_END_WORDS = """
    and begin break case class def defmodule defp do else elseif elsif end ensure false fn for function if
    in let local macro module mutable next nil not nothing or rescue repeat require return self struct
    super then true unless until using when while yield
"""
_SHELL_WORDS = """
    alias break case cd continue do done echo elif else esac eval exec exit export fi for function if in
    local read readonly return set shift source sudo then trap unset until while
    FROM RUN CMD COPY ADD ENV ARG WORKDIR ENTRYPOINT EXPOSE USER VOLUME LABEL
"""
_SQL_WORDS = """
    add all alter and as asc begin between by cascade case check column commit constraint create cross
    database default delete desc distinct drop else end exists false foreign from full group having if in
    index inner insert into is join key left like limit not null offset on or order outer over partition
    primary references returning right rollback select set table then transaction true union unique update
    using values view when where with
"""
_ML_WORDS = """
    as case class data deriving do else end exception fun function if import in infix instance let match
    module mutable newtype of open otherwise qualified rec struct then true false type val where with
    def defn defun defmacro fn if-let lambda let let* loop ns recur require setq
"""


@dataclass(frozen=True, slots=True)
class _Dialect:
    pattern: re.Pattern[str]
    keywords: frozenset[str] = frozenset()
    folds_case: bool = False


def _dialect(
    comments: str, strings: str, words: str = "", *, keys: str = r"(?!)", folds_case: bool = False
) -> _Dialect:
    pattern = (
        rf"(?P<nt>{keys})|(?P<c>{comments})|(?P<s>{strings})|(?P<nf>[^\W\d]\w*+)(?=\()"
        r"|(?P<m>\d(?:[\w]|\.\d)*+)|(?P<word>\w++)"
    )
    return _Dialect(re.compile(pattern, re.MULTILINE), frozenset(words.split()), folds_case)


_LANGUAGES = (
    (
        "c h cpp c++ cc hpp csharp cs c# java kotlin kt rust rs swift scala objective-c objc zig v hlsl glsl",
        _dialect(_SLASHES, rf'"""(?s:.*?)(?:"""|\Z)|{_STRING}|{_CHARACTER}', _C_WORDS),
    ),
    (
        "javascript js jsx mjs typescript ts tsx go golang dart php groovy gradle solidity proto protobuf",
        _dialect(_SLASHES, _TEMPLATES, _C_WORDS + " type interface from"),
    ),
    (
        "css scss less",
        _dialect(_SLASHES, _STRINGS, keys=r"(?<![\w-])[\w-]++(?=[ \t]{0,8}:)|[@.\#][\w-]++"),
    ),
    (
        "json jsonc json5 jsonl",
        _dialect(_SLASHES, _STRING, "true false null", keys=_STRING + r"(?=[ \t]{0,8}:)"),
    ),
    ("python py python3 pycon gdscript starlark", _dialect(_HASH, _LONG_STRINGS, _PYTHON_WORDS)),
    ("ruby rb elixir ex exs julia jl crystal perl pl r", _dialect(_HASH, _STRINGS, _END_WORDS)),
    (
        "bash sh shell zsh fish console shell-session docker dockerfile make makefile nginx powershell ps1",
        _dialect(_HASH, _STRINGS, _SHELL_WORDS),
    ),
    (
        "yaml yml toml properties env dotenv",
        _dialect(_HASH, _STRINGS, "true false null yes no", keys=_KEY),
    ),
    ("ini cfg conf", _dialect(rf"{_SEMICOLON}|{_HASH}", _STRING, "true false", keys=_KEY)),
    ("hcl terraform tf graphql gql cmake nix", _dialect(f"{_HASH}|{_SLASHES}", _STRINGS, _C_WORDS)),
    (
        "sql postgresql postgres mysql sqlite plsql tsql",
        _dialect(rf"{_DASHES}|/\*(?s:.*?)(?:\*/|\Z)", _STRINGS, _SQL_WORDS, folds_case=True),
    ),
    ("lua", _dialect(rf"--\[\[(?s:.*?)(?:\]\]|\Z)|{_DASHES}", _STRINGS, _END_WORDS)),
    ("haskell hs elm", _dialect(_DASHES, f"{_STRING}|{_CHARACTER}", _ML_WORDS)),
    (
        "ocaml ml fsharp fs f#",
        _dialect(r"\(\*(?s:.*?)(?:\*\)|\Z)|//[^\n]*+", f"{_STRING}|{_CHARACTER}", _ML_WORDS),
    ),
    ("lisp clojure clj scheme elisp racket asm nasm", _dialect(_SEMICOLON, _STRING, _ML_WORDS)),
    ("latex tex matlab octave erlang erl", _dialect(_PERCENT, _STRING, _END_WORDS, keys=r"\\[A-Za-z]++")),
    ("html htm xml svg vue svelte xhtml jinja django", _Dialect(re.compile(_MARKUP))),
    ("diff patch", _Dialect(re.compile(_DIFF, re.MULTILINE))),
)
_DIALECTS = {name: dialect for names, dialect in _LANGUAGES for name in names.split()}


def highlighted(code: str, language: str) -> str:
    """The code as HTML, with `<span class="…">` around what its language colours, if that is known."""
    dialect = _DIALECTS.get(language.lower())
    if dialect is None:
        return escape(code, quote=False)
    html = []
    end = 0
    for match in dialect.pattern.finditer(code):
        kind = match.lastgroup
        if kind == "word":
            word = match[0].lower() if dialect.folds_case else match[0]
            kind = "k" if word in dialect.keywords else None
        elif kind == "nf" and match[0] in dialect.keywords:
            kind = "k"
        if kind is not None:
            html.append(escape(code[end : match.start()], quote=False))
            html.append(f'<span class="{kind}">{escape(match[0], quote=False)}</span>')
            end = match.end()
    html.append(escape(code[end:], quote=False))
    return "".join(html)
