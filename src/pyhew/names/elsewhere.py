"""What other languages call things that have another name here.

In: a name that nobody knows, and those that are known.  Out: which of these is meant, in words.
Assumed: a member is suggested only where the type has it.
"""

from __future__ import annotations

from difflib import get_close_matches

TYPES = {
    "Int": "i64", "int": "i64", "integer": "i64", "long": "i64", "uint": "u64", "String": "string", "str": "string",
    "Float": "f64", "float": "f64", "double": "f64", "Bool": "bool", "Boolean": "bool", "Char": "char", "Bytes": "bytes",
    "Map": "HashMap", "Dict": "HashMap", "dict": "HashMap", "Set": "HashSet", "set": "HashSet", "List": "Vec", "list": "Vec",
    "Array": "Vec", "Vector": "Vec", "Optional": "Option", "Maybe": "Option", "Pid": "LocalPid", "ActorRef": "LocalPid",
    "Duration": "duration", "Instant": "instant", "void": "()",
}  # fmt: skip

NAMES = {
    "null": "None", "nil": "None", "undefined": "None", "NULL": "None", "True": "true", "False": "false",
    "printf": "print", "puts": "println", "echo": "println", "elif": "else if", "elseif": "else if",
}  # fmt: skip

MEMBERS = {
    "length": ("len",), "size": ("len",), "count": ("len",),
    "add": ("push", "insert"), "append": ("push",), "push_back": ("push",), "put": ("insert",), "set": ("insert",),
    "has": ("contains_key", "contains"), "includes": ("contains",), "delete": ("remove",), "discard": ("remove",),
    "erase": ("remove",), "items": ("entries",), "entries": ("iter",),
    "strip": ("trim",), "upper": ("to_upper",), "lower": ("to_lower",), "toUpperCase": ("to_upper",), "toLowerCase": ("to_lower",),
    "toString": ("to_string", "display"), "indexOf": ("index_of", "find"), "substr": ("slice",), "charAt": ("char_at",),
    "reduce": ("fold",), "select": ("filter",), "head": ("first",), "value": ("get",), "borrow": ("get",), "deref": ("get",),
}  # fmt: skip

# Functions of the library that are methods in other languages.
LIBRARY = {
    "sort": "sort.sort_ints", "max": "math.max", "min": "math.min", "abs": "math.abs", "clamp": "math.clamp",
    "sum": "iter.sum", "product": "iter.product", "enumerate": "iter.enumerate", "map": "iter.map", "filter": "iter.filter",
    "fold": "iter.fold", "take": "iter.take", "skip": "iter.skip", "any": "iter.any", "all": "iter.all", "find": "iter.find",
    "count": "iter.count", "collect": "iter.collect",
}  # fmt: skip

HOLDERS = {
    "Option": "it may be `None`: take the value out with `match`, `if let Some(x)`, `?` or `unwrap_or(..)`",
    "Result": "it may be an `Err`: take the value out with `match`, `if let Ok(x)`, `?` or `unwrap_or(..)`",
    "Rc": "`get()` gives the value in it, `set(..)` puts another in its place",
    "Weak": "`upgrade()` gives an `Option` of the `Rc`, while that lives",
    "LocalPid": "from outside only the handlers of an actor can be reached: `await` a `receive fn` that answers",
}


def nearest(name: str, known: tuple[str, ...]) -> str | None:
    """The known name most like `name`, if one is near."""
    found = get_close_matches(name, known, 1, 0.7)
    return found[0] if found else None


def type_meant(name: str, known: tuple[str, ...]) -> str | None:
    """The type that somebody used to another language means."""
    return TYPES.get(name) or nearest(name, known)


def name_meant(name: str, known: tuple[str, ...]) -> str | None:
    """The same for a value or function."""
    return NAMES.get(name) or nearest(name, known)


def member_meant(name: str, known: tuple[str, ...]) -> str | None:
    """The same for a field or method, of those that the type has."""
    for other in MEMBERS.get(name, ()):
        if other in known:
            return other
    return nearest(name, known)


def in_library(name: str) -> str | None:
    """The function of the library that does what a missing method is meant for."""
    function = LIBRARY.get(name)
    return f"there is `{function}(..)` in `std.{function.partition('.')[0]}`" if function else None


def held_by(shown: str) -> tuple[str, str]:
    """The name of a type that holds another, as `Option` does, and the first type it holds; both empty for other types."""
    head, _, rest = shown.partition("<")
    depth = 0
    for at, letter in enumerate(rest):
        if depth == 0 and letter in ",>":
            return (head, rest[:at]) if head in HOLDERS else ("", "")
        depth += (letter in "<([") - (letter in ">)]")
    return "", ""


def way_in(shown: str) -> str | None:
    """How to reach what is inside a type that holds another, as `Option<T>` does."""
    return HOLDERS.get(shown.partition("<")[0])
