"""What can be wrong with the form of a program.

In: spans and the words found there.  Out: one class per mistake, with its text.
Assumed: the lexer and the parser report these; nothing here knows about types
or names.
"""

from __future__ import annotations

from pyhew.source.diagnostics import Diagnostic, Fix, Label
from pyhew.source.records import record
from pyhew.source.spans import Span

# What other languages have a word for.
SIGNS = {"and": "&&", "or": "||"}


@record(frozen=True)
class ExpectedToken(Diagnostic):
    """The grammar needs one particular sign or word here."""

    id = "expected-token"
    expected: str
    found: str
    hint: str | None = None

    def title(self) -> str:
        return f"expected {self.expected}, found {self.found}"

    def help(self) -> str | None:
        sign = SIGNS.get(self.found.strip("`"))
        return self.hint or (f"write `{sign}`" if sign else None)


@record(frozen=True)
class ExpectedExpression(Diagnostic):
    """A value must stand here."""

    id = "expected-expression"
    found: str
    hint: str | None = None

    def title(self) -> str:
        return f"expected an expression, found {self.found}"

    def help(self) -> str | None:
        return self.hint


@record(frozen=True)
class ExpectedType(Diagnostic):
    """A type must stand here."""

    id = "expected-type"
    found: str

    def title(self) -> str:
        return f"expected a type, found {self.found}"


@record(frozen=True)
class ExpectedPattern(Diagnostic):
    """A pattern must stand here."""

    id = "expected-pattern"
    found: str

    def title(self) -> str:
        return f"expected a pattern, found {self.found}"


@record(frozen=True)
class ExpectedItem(Diagnostic):
    """Only declarations stand at the top of a file."""

    id = "expected-item"
    found: str

    def title(self) -> str:
        return f"expected a declaration, found {self.found}"

    def help(self) -> str | None:
        return "a file holds fn, type, enum, trait, impl, actor, supervisor, machine, const and import declarations"


@record(frozen=True)
class ExpectedMember(Diagnostic):
    """A body holds only certain members."""

    id = "expected-member"
    owner: str
    found: str
    hint: str | None = None

    def title(self) -> str:
        return f"expected a member of {self.owner}, found {self.found}"

    def help(self) -> str | None:
        return self.hint


@record(frozen=True)
class ReservedWord(Diagnostic):
    """Reserved words cannot be names."""

    id = "reserved-word"
    word: str

    def title(self) -> str:
        return f"`{self.word}` is a reserved word and cannot be a name"

    def help(self) -> str | None:
        return f"choose another name, such as `{self.word}_`"


@record(frozen=True)
class FieldKeyword(Diagnostic):
    """A field changes with the variable that holds the record; it has no `var` or `let` of its own."""

    id = "field-keyword"
    word: str

    def title(self) -> str:
        return f"a field is declared without `{self.word}`"

    def help(self) -> str | None:
        return "write `name: Type;`: whoever holds the record in a `var` may change its fields"


@record(frozen=True)
class UnclosedDelimiter(Diagnostic):
    """Every bracket has its partner."""

    id = "unclosed-delimiter"
    opener: str
    opened: Span
    found: str

    def title(self) -> str:
        return f"`{self.opener}` is not closed before {self.found}"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.opened, "opened here"), Label(self.span, "still open here"))


@record(frozen=True)
class DuplicateMember(Diagnostic):
    """Some members of a declaration are written at most once."""

    id = "duplicate-member"
    what: str

    def title(self) -> str:
        return f"{self.what} is written twice"

    def help(self) -> str | None:
        return "keep one of them"


@record(frozen=True)
class UnclosedString(Diagnostic):
    """A string ends with a quote."""

    id = "unclosed-string"

    def title(self) -> str:
        return "this string has no closing quote"

    def help(self) -> str | None:
        return 'add `"` at its end; a quote inside a string is written `\\"`'


@record(frozen=True)
class UnclosedHole(Diagnostic):
    """A `{` in an f-string begins an expression that ends with `}`."""

    id = "unclosed-hole"

    def title(self) -> str:
        return "this `{` of an f-string has no closing `}`"

    def help(self) -> str | None:
        return "write `}` before the closing quote; a brace as text is written `\\{`"


@record(frozen=True)
class DoubledBrace(Diagnostic):
    """A brace of a text is not doubled, it has a backslash before it."""

    id = "doubled-brace"

    def title(self) -> str:
        return "`{{` in an f-string does not stand for a brace"

    def help(self) -> str | None:
        return "write `\\{` and `\\}` for braces of the text; a block as a value stands apart: `{ { x } }`"


@record(frozen=True)
class UnclosedComment(Diagnostic):
    """A block comment ends with `*/`; comments nest."""

    id = "unclosed-comment"

    def title(self) -> str:
        return "this comment has no closing `*/`"


@record(frozen=True)
class MalformedCharacter(Diagnostic):
    """A character literal holds exactly one character."""

    id = "malformed-character"

    def title(self) -> str:
        return "a character literal holds exactly one character"

    def help(self) -> str | None:
        return "write 'a', '\\n' or '\\u{e9}'; a text of any length stands in double quotes, a label is written `@name`"


@record(frozen=True)
class UnknownCharacter(Diagnostic):
    """The character has no meaning outside strings and comments."""

    id = "unknown-character"
    text: str

    def title(self) -> str:
        if len(self.text) == 1 and not self.text.isprintable():
            return f"unknown character U+{ord(self.text):04X}"
        return f"unknown character `{self.text}`"

    def help(self) -> str | None:
        if self.text.startswith("\\"):
            return "within the braces of an f-string quotes are written as elsewhere, without `\\`"
        return "names are written with the letters a to z, digits and `_`" if self.text[0].isalpha() else None


@record(frozen=True)
class UnknownEscape(Diagnostic):
    """Only the listed escapes exist."""

    id = "unknown-escape"
    text: str

    def title(self) -> str:
        return f"unknown escape `{self.text}`"

    def help(self) -> str | None:
        return "known are \\n \\r \\t \\\\ \\\" \\' \\0 \\x41 and \\u{e9}; a backslash itself is `\\\\`"


@record(frozen=True)
class InvalidCodePoint(Diagnostic):
    """A `\\u{..}` escape names a character that exists."""

    id = "invalid-code-point"
    text: str

    def title(self) -> str:
        return f"`{self.text}` is no Unicode character"


@record(frozen=True)
class NulInString(Diagnostic):
    """Text never holds a NUL character, because foreign functions end there."""

    id = "nul-in-string"

    def title(self) -> str:
        return "a string cannot hold a NUL character"

    def help(self) -> str | None:
        return 'use bytes for binary data: b"..\\0.."'


@record(frozen=True)
class MalformedNumber(Diagnostic):
    """A number has digits of its base and at most a duration suffix."""

    id = "malformed-number"
    text: str

    def title(self) -> str:
        return f"`{self.text}` is no number"

    def help(self) -> str | None:
        return "durations end in ns, us, ms, s, m or h after a whole number; a type is given with `as`"


@record(frozen=True)
class DurationTooLong(Diagnostic):
    """A duration has at most 9223372036854775807 nanoseconds, which are 292 years."""

    id = "duration-too-long"
    text: str

    def title(self) -> str:
        return f"`{self.text}` is longer than a duration can be"

    def help(self) -> str | None:
        return "the longest one has 2562047h, which are 292 years"


@record(frozen=True)
class LiteralTooLong(Diagnostic):
    """A number literal has at most 4000 digits."""

    id = "literal-too-long"

    def title(self) -> str:
        return "this number has more than 4000 digits"


@record(frozen=True)
class NameTooLong(Diagnostic):
    """A name has at most 1024 characters."""

    id = "name-too-long"

    def title(self) -> str:
        return "this name has more than 1024 characters"


@record(frozen=True)
class NestingTooDeep(Diagnostic):
    """Expressions, types, patterns and blocks nest at most 256 deep."""

    id = "nesting-too-deep"
    limit: int

    def title(self) -> str:
        return f"nested more than {self.limit} deep"

    def help(self) -> str | None:
        return "name a part of it with `let` or move it into a function"


@record(frozen=True)
class ChainTooLong(Diagnostic):
    """A chain of operators or calls has at most 10000 links."""

    id = "chain-too-long"
    limit: int

    def title(self) -> str:
        return f"a chain of more than {self.limit} operators, calls or branches"

    def help(self) -> str | None:
        return "split it with `let`"


@record(frozen=True)
class SemicolonInLiteral(Diagnostic):
    """The fields of a literal are separated by commas."""

    id = "semicolon-in-literal"

    def title(self) -> str:
        return "the fields of a record literal are separated by `,`"

    def help(self) -> str | None:
        return "write `,` here; `;` separates fields in a type declaration"

    def fixes(self) -> tuple[Fix, ...]:
        return (Fix(self.span, ","),)


@record(frozen=True)
class CommaBetweenVariants(Diagnostic):
    """The variants of an enum end with semicolons."""

    id = "comma-between-variants"

    def title(self) -> str:
        return "the variants of an enum are separated by `;`"

    def help(self) -> str | None:
        return "write `;` here"

    def fixes(self) -> tuple[Fix, ...]:
        return (Fix(self.span, ";"),)


@record(frozen=True)
class MutKeyword(Diagnostic):
    """Variables that change are declared with `var`."""

    id = "mut-keyword"

    def title(self) -> str:
        return "there is no `mut` here"

    def help(self) -> str | None:
        return "write `var x` for a variable that changes"


@record(frozen=True)
class StructKeyword(Diagnostic):
    """Records are declared with `type`."""

    id = "struct-keyword"
    name: str

    def title(self) -> str:
        return "there is no `struct` keyword"

    def help(self) -> str | None:
        return f"write `type {self.name} {{ ... }}`"

    def fixes(self) -> tuple[Fix, ...]:
        return (Fix(self.span, "type"),)


@record(frozen=True)
class PathSeparator(Diagnostic):
    """Paths are written with dots."""

    id = "path-separator"
    is_turbofish: bool

    def title(self) -> str:
        return "paths are written with `.`, not `::`"

    def help(self) -> str | None:
        if self.is_turbofish:
            return "write the type arguments directly after the name: `make<i64>(x)`, `Vec<i64>.new()`"
        return "write `.`"

    def fixes(self) -> tuple[Fix, ...]:
        return (Fix(self.span, "" if self.is_turbofish else "."),)


@record(frozen=True)
class ArrowLambda(Diagnostic):
    """Closures are written between bars."""

    id = "arrow-lambda"

    def title(self) -> str:
        return "closures are not written with `=>`"

    def help(self) -> str | None:
        return "write `|x| x + 1`; what its parameters are, its use says: it has no type parameters"


@record(frozen=True)
class FnLambda(Diagnostic):
    """A function without a name is a closure."""

    id = "fn-lambda"

    def title(self) -> str:
        return "`fn` does not make a closure"

    def help(self) -> str | None:
        return "write `|x: i64| x + 1`, or `|x: i64| -> i64 { .. }`"


@record(frozen=True)
class SpawnLambda(Diagnostic):
    """An actor from a closure is written with `actor`."""

    id = "spawn-lambda"

    def title(self) -> str:
        return "`spawn` needs the name of an actor"

    def help(self) -> str | None:
        return "write `actor |x: i64| { .. }` for an actor made of a closure"


@record(frozen=True)
class BorrowExpression(Diagnostic):
    """There are no references."""

    id = "borrow-expression"

    def title(self) -> str:
        return "there is no `&` before a value"

    def help(self) -> str | None:
        return "pass the value itself, or write `clone x` for an independent copy"


@record(frozen=True)
class WildcardImport(Diagnostic):
    """Imports name what they bring."""

    id = "wildcard-import"

    def title(self) -> str:
        return "there is no wildcard import"

    def help(self) -> str | None:
        return "name what you need: `import a.b.{X, Y};`, or write `import a.b;` and `b.X`"


@record(frozen=True)
class AssignmentAsValue(Diagnostic):
    """An assignment is a statement."""

    id = "assignment-as-value"

    def title(self) -> str:
        return "an assignment is not a value"

    def help(self) -> str | None:
        return "put it in braces: `{ x = 1; }`; a comparison is written `==`"


@record(frozen=True)
class UnknownFormat(Diagnostic):
    """A hole of an f-string knows one format."""

    id = "unknown-format"

    def title(self) -> str:
        return "unknown format in an f-string"

    def help(self) -> str | None:
        return "write `{x}` or `{x:?}`"


@record(frozen=True)
class UnknownChoice(Diagnostic):
    """Only certain words can stand here."""

    id = "unknown-choice"
    what: str
    found: str
    allowed: tuple[str, ...]

    def title(self) -> str:
        return f"`{self.found}` is not {self.what}"

    def help(self) -> str | None:
        return f"it is one of {', '.join(f'`{word}`' for word in self.allowed)}"


@record(frozen=True)
class DottedSource(Diagnostic):
    """The source of a machine's rule is a pattern for its current state, not a value."""

    id = "dotted-source"
    name: str

    def title(self) -> str:
        return f"a machine transition source state is a pattern and cannot be written with a leading `.`: write `{self.name}`"
