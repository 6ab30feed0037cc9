"""The parser's state and the few moves every noun file makes with it.

In: the tokens of one file.  Out: `Parser`, which noun files take as their first
argument.
Assumed: a mistake that stops a construct is reported first and then raised as
`Recover`; the loops over statements, members and items catch it and go on at
the next safe place.  A second mistake at the same token is the same mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import NoReturn

from pyhew.source.diagnostics import Diagnostic, DiagnosticSink
from pyhew.source.records import record
from pyhew.source.spans import Span
from pyhew.syntax import errors, nodes
from pyhew.syntax.tokens import EOF, HOLE_BEGIN, HOLE_END, IDENT, INT, RESERVED, TokenStream, describe

MAX_NESTING = 256
"""Deeper programs are generated or hostile, and every later phase recurses over the tree."""

MAX_CHAIN = 10_000
"""Links of one chain of operators, calls or `else if`, which the parser folds by a loop."""

OPENERS = frozenset(("(", "[", "{", HOLE_BEGIN, "#["))
CLOSERS = frozenset((")", "]", "}", HOLE_END))

ITEM_WORDS = frozenset(("fn", "pub", "package", "import", "const", "type", "enum", "trait", "impl", "extern", "actor",
                        "supervisor", "async", "#["))  # fmt: skip
"""What starts a declaration at the left margin, even when brackets before it are open."""


NOT_A_VALUE = frozenset((";", "}", ")", "]", ",", "=>", ":", "else", EOF, HOLE_END, "=", "|", ">"))
"""What cannot begin an expression where one may be left out."""


class Recover(Exception):
    """A construct cannot be finished; its mistake has been reported."""


@record(frozen=True)
class Entries:
    """The recursive entries of the grammar, handed in so that noun files need not import each other."""

    expr: Callable[[Parser], nodes.Expr]
    operand: Callable[[Parser], nodes.Expr]
    continue_expr: Callable[[Parser, nodes.Expr, bool], nodes.Expr]
    block: Callable[[Parser], nodes.Block]
    loop: Callable[[Parser], nodes.Stmt]
    type: Callable[[Parser], nodes.TypeExpr]
    pattern: Callable[[Parser], nodes.Pattern]
    function: Callable[[Parser, tuple[nodes.Attribute, ...], str, int], nodes.FnDecl]


class Parser:
    """A cursor over the tokens, and where mistakes go.

    `kind` is the kind of the current token.  `no_record` is true where `{`
    after a name starts a body, not a record literal.
    """

    __slots__ = (
        "brought", "damaged", "depth", "ends", "entries", "file", "kind", "kinds", "last_error", "new_id", "no_record", "pos",
        "sink", "starts", "text", "texts",
    )  # fmt: skip

    def __init__(self, text: str, file: int, tokens: TokenStream, sink: DiagnosticSink, entries: Entries) -> None:
        self.kinds = tokens.kinds
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.texts = tokens.texts
        self.damaged = tokens.damaged
        self.text = text
        self.file = file
        self.sink = sink
        self.entries = entries
        self.pos = 0
        self.kind = self.kinds[0]
        self.depth = 0
        self.no_record = False
        self.last_error = -1
        self.new_id = count().__next__
        self.brought: dict[str, bool] = {}
        if "::" in self.kinds:
            self._read_colons_as_dots()

    def _read_colons_as_dots(self) -> None:
        """`a::b` is a mistake with one meaning: it is reported, and what follows is read as if it said `a.b`."""
        self.kinds = list(self.kinds)
        for at in range(1, len(self.kinds) - 1):
            if self.kinds[at] == "::" and self.kinds[at - 1] == IDENT and self.kinds[at + 1] == IDENT:
                self.kinds[at] = "."
                self.sink.report(errors.PathSeparator(self.token_span(at), False))

    # Moving

    def advance(self) -> int:
        """Steps over the current token and gives its index; the end of the file stays current."""
        at = self.pos
        if self.kind is not EOF:
            self.pos = at + 1
            self.kind = self.kinds[at + 1]
        return at

    def jump(self, index: int) -> None:
        """Makes token `index` current."""
        self.pos = min(index, len(self.kinds) - 1)
        self.kind = self.kinds[self.pos]

    def give_up(self, start: int, end: int) -> None:
        """Makes token `end` current; what stands from token `start` on is not understood."""
        for at in range(start, end):
            if self.kinds[at] in (IDENT, INT):
                # `9lives` was read as a number, but is meant as a name.
                self.sink.unread.add(self.text[self.starts[at] : self.ends[at]].lstrip("0123456789"))
        self.jump(end)

    def peek(self, distance: int = 1) -> str:
        """The kind of a token further on."""
        at = self.pos + distance
        return self.kinds[at] if at < len(self.kinds) else EOF

    def at_word(self, word: str) -> bool:
        """Whether the current token is the name `word`."""
        return self.kind == IDENT and self.texts[self.pos] == word

    def eat(self, kind: str) -> bool:
        """Steps over the current token if it is `kind`."""
        if self.kind == kind:
            self.advance()
            return True
        return False

    def eat_word(self, word: str) -> bool:
        """Steps over the current token if it is the name `word`."""
        if self.at_word(word):
            self.advance()
            return True
        return False

    def brings(self, word: str) -> bool:
        """Whether the file itself says what the name `word` is, which then begins no construct."""
        if word not in self.brought:
            self.brought[word] = self._declares(word)
        return self.brought[word]

    def _declares(self, word: str) -> bool:
        depth, importing = 0, False
        for at, kind in enumerate(self.kinds):
            if kind in OPENERS:
                depth += 1
            elif kind in CLOSERS:
                depth -= 1
            elif kind in ("import", ";"):
                importing = kind == "import"
            elif kind == IDENT and self.texts[at] == word and at:
                before = self.kinds[at - 1]
                if importing or before in ("let", "var") or before == "fn" and depth == 0:
                    return True
                if before in ("(", ",", "|") and self.kinds[at + 1] == ":":
                    return True
        return False

    def touches_next(self) -> bool:
        """Whether no space stands between the current token and the next."""
        at = self.pos
        return at + 1 < len(self.kinds) and self.ends[at] == self.starts[at + 1]

    # Places

    @property
    def start(self) -> int:
        """Offset of the current token."""
        return self.starts[self.pos]

    def since(self, start: int) -> Span:
        """From `start` to the end of the last token stepped over."""
        return Span(self.file, start, max(start, self.ends[self.pos - 1] if self.pos else 0))

    def here(self) -> Span:
        """The current token."""
        return Span(self.file, self.starts[self.pos], self.ends[self.pos])

    def token_span(self, index: int) -> Span:
        """Token `index`."""
        return Span(self.file, self.starts[index], self.ends[index])

    def after_last(self) -> Span:
        """The empty place behind the last token stepped over, where something is missing."""
        end = self.ends[self.pos - 1] if self.pos else 0
        return Span(self.file, end, end)

    def found(self) -> str:
        """What the current token is called in a message."""
        return describe(self.kind, self.texts[self.pos])

    # Mistakes

    def report(self, diagnostic: Diagnostic) -> None:
        """Reports, unless the current token was complained about before."""
        if self.pos != self.last_error:
            self.last_error = self.pos
            if not self.in_damage(diagnostic.span.start):
                self.sink.report(diagnostic)

    def in_damage(self, offset: int) -> bool:
        """Whether the lexer complained about what stands here."""
        return any(start <= offset <= end for start, end in self.damaged)

    def fail(self, diagnostic: Diagnostic) -> NoReturn:
        """Reports and gives the construct up."""
        self.report(diagnostic)
        raise Recover

    def stop(self, diagnostic: Diagnostic) -> NoReturn:
        """Reports and gives the file up: what follows would be noise."""
        self.report(diagnostic)
        self.jump(len(self.kinds) - 1)
        self.last_error = self.pos
        raise Recover

    def fail_expected(self, expected: str, hint: str | None = None) -> NoReturn:
        """The current token is not what the grammar needs."""
        if self.kind == "::" or self.texts[self.pos] == "::":
            self.fail(errors.PathSeparator(self.here(), self.peek() == "<"))
        if self.kind == "=>" and self.pos and self.kinds[self.pos - 1] in (")", IDENT):
            self.fail(errors.ArrowLambda(self.here()))
        if self.kind == "=" and expected in ("`)`", "`,`", "`]`"):
            self.fail(errors.AssignmentAsValue(self.here()))
        if self.kind == ":" and self.peek() in ("for", "while", "loop"):
            hint = f"the name of a loop starts with `@`: `@{self.texts[self.pos - 1]}: {self.peek()} ..`"
        self.fail(errors.ExpectedToken(self.here(), expected, self.found(), hint))

    def expect(self, kind: str) -> int:
        """Steps over a token that must be `kind`."""
        if self.kind != kind:
            self.fail_expected(describe(kind, ""))
        return self.advance()

    def expect_word(self, word: str) -> int:
        """Steps over the name `word`."""
        if not self.at_word(word):
            self.fail_expected(f"`{word}`")
        return self.advance()

    def expect_end(self, hint: str | None = None) -> None:
        """Steps over `;`; a missing one is reported behind the last token and assumed."""
        if self.kind == ";":
            self.advance()
        elif self.kind in ("::", "=>") or self.same_line():
            self.fail_expected("`;`", hint)
        else:
            self.report(errors.ExpectedToken(self.after_last(), "`;`", self.found(), hint))

    def report_missing(self, expected: str) -> None:
        """Something small is missing before the current line; the parser goes on as if it stood there."""
        self.report(errors.ExpectedToken(self.after_last(), expected, self.found()))

    def at_end(self) -> bool:
        """Whether the file ends here."""
        return self.kind == EOF

    def same_line(self) -> bool:
        """Whether the current token stands on the line of the one before it, and more of that line is lost."""
        if self.pos == 0 or self.kind in ("}", EOF):
            return False
        return "\n" not in self.text[self.ends[self.pos - 1] : self.starts[self.pos]]

    def expect_close(self, closer: str, opener: int) -> None:
        """Steps over the bracket that closes token `opener`."""
        if self.kind == closer:
            self.advance()
            return
        if self.kind is EOF:
            self.fail_unclosed(opener)
        self.fail_expected(f"`{closer}`")

    def fail_unclosed(self, opener: int) -> NoReturn:
        """The bracket at token `opener` has no partner before the current token."""
        sign = self.texts[opener]
        self.fail(errors.UnclosedDelimiter(self.here(), sign, self.token_span(opener), self.found()))

    # Nesting

    def enter(self) -> None:
        """One level deeper; the caller leaves by `depth -= 1`, recovery by setting it back."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.stop(errors.NestingTooDeep(self.here(), MAX_NESTING))

    def check_chain(self, links: int) -> None:
        """Stops at a chain that later phases could not walk."""
        if links > MAX_CHAIN:
            self.stop(errors.ChainTooLong(self.here(), MAX_CHAIN))

    # Names

    def choice(self, what: str, allowed: tuple[str, ...]) -> str:
        """One of some words; `what` says what they are, as in `a restart policy`."""
        name = self.ident()
        if name.text not in allowed:
            self.report(errors.UnknownChoice(name.span, what, name.text, allowed))
            return allowed[0]
        return name.text

    def ident(self) -> nodes.Ident:
        """A name."""
        if self.kind != IDENT:
            if self.kind in RESERVED:
                if self.kind == "mut":
                    self.fail(errors.MutKeyword(self.here()))
                self.fail(errors.ReservedWord(self.here(), self.kind))
            self.fail_expected("a name")
        at = self.pos
        self.advance()
        return nodes.Ident(self.new_id(), Span(self.file, self.starts[at], self.ends[at]), self.texts[at])

    def any_word(self) -> nodes.Ident:
        """A name, or a reserved word where no confusion is possible."""
        if self.kind in RESERVED:
            at = self.advance()
            return nodes.Ident(self.new_id(), self.token_span(at), self.texts[at])
        return self.ident()

    def label(self) -> nodes.Ident | None:
        """`@name` if it stands here."""
        return self.ident() if self.eat("@") else None

    # Entries of the grammar

    def expr(self) -> nodes.Expr:
        """Any expression, in the record-literal mode of the surroundings."""
        return self.entries.expr(self)

    def inner_expr(self) -> nodes.Expr:
        """An expression inside brackets, where record literals are always possible."""
        outside = self.no_record
        self.no_record = False
        value = self.entries.expr(self)
        self.no_record = outside
        return value

    def head_expr(self) -> nodes.Expr:
        """An expression before a body in braces."""
        outside = self.no_record
        self.no_record = True
        value = self.entries.expr(self)
        self.no_record = outside
        return value

    def block(self) -> nodes.Block:
        """`{ .. }`."""
        return self.entries.block(self)

    def type(self) -> nodes.TypeExpr:
        """Any type."""
        return self.entries.type(self)

    def pattern(self) -> nodes.Pattern:
        """Any pattern."""
        return self.entries.pattern(self)

    def function(self, attributes: tuple[nodes.Attribute, ...], visibility: str, start: int) -> nodes.FnDecl:
        """A function, from the words before `fn` on."""
        return self.entries.function(self, attributes, visibility, start)
