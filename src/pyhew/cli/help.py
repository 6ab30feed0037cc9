"""`hew help` and `hew COMMAND --help`.

In: the name of a command and its `Syntax`.  Out: text: the usage line, what the command does, a line per option.
Assumed: an option means the same wherever it is taken, or has an entry for the one command.
"""

from __future__ import annotations

from pyhew.cli.arguments import Syntax

COMMANDS = {
    "run": "compile a program and run it",
    "build": "compile a program to an executable",
    "check": "look for mistakes without compiling",
    "lint": "what is allowed and looks wrong, style included",
    "fmt": "lay programs out: indentation, spaces, empty lines",
    "test": "run the functions marked #[test]",
    "memcheck": "run a program and report every block it does not free",
    "debug": "a program under gdb, its values shown as Hew values",
    "wire": "whether a change to wire types breaks old programs",
    "explain": "what an error id means and how to fix it",
    "doctor": "what this machine has and what is missing",
    "version": "which compiler and language level this is",
}

OPTIONS = {
    "--release": "optimised code; slower to compile",
    "--debug": "code and runtime that check every allocation",
    "--no-color": "the same as --color never",
    "--color": "auto, always or never: colours in diagnostics",
    "--pkg-path": "DIR: a folder of packages; may be given again",
    "--link-lib": "FILE or NAME: a library of C to link with, `libfoo.a` or `foo`; may be given again",
    "--target": "TRIPLE: the machine to compile for; this one, for now",
    "--sanitize": "address or thread: build with that sanitizer",
    "-A": "NAME: be silent about a lint (`all`: every lint); also --allow",
    "-W": "NAME: warn about it; also --warn",
    "-D": "NAME: make it an error; also --deny",
    "-F": "NAME: an error that no comment in the source can allow; also --forbid",
    "--timeout": "DURATION: stop after that time (500ms, 30s, 2m); exit code 124",
    "-o": "OUT: the file to write; also --output",
    "--emit": "tokens, ast, ir, mlir, llvm, llvm-opt, asm, obj or exe: the stage to write",
    "--dump": "PASS: print the IR after a pass (or `lower`, or `all`) and go on; may be given again",
    "--format": "text or json",
    "--check": "change nothing; name the files that would change, exit code 1 if there are any",
    "--diff": "change nothing; show what would change, exit code 1 if anything would",
    "--stdin": "read one program from standard input and write it to standard output",
    "--list": "print the names and do nothing else",
    "--include-ignored": "run tests marked #[ignore] too",
    "--allow-empty": "no test at all is fine",
    "--memcheck": "a block that a test leaves fails it, with the report",
    "--filter": "TEXT: only tests whose names contain it",
    "-j": "N: so many tests at once; also --jobs",
    "--partition": "hash:I/N: only the tests of part I of N",
    "--tool": "auto, builtin, valgrind or both: who looks for leaks",
    "--slope": "N: run with N and 2N as first argument and report what grows",
    "--stop-after": "DURATION: ask the program to end after that time, as Ctrl-C does; for servers",
    "--by": "line, type, actor or message: how the report is grouped",
    "--fail-on": "KIND,..: only these kinds of leak end with exit code 3",
    "--canary": "N: build a runtime with a known fault, to test the finder",
    "--batch": "no terminal: run the script and leave",
    "-x": "SCRIPT: commands for gdb",
    "--against": "OLD: the version that is already in use",
}

SPECIAL = {
    ("test", "--format"): "text, json or junit",
    ("test", "--timeout"): "DURATION: the most time one test may take (30s)",
    ("memcheck", "--format"): "text, json, sarif or html",
}


def overview() -> str:
    """All commands."""
    lines = ["hew COMMAND [FILE] [OPTIONS]", ""]
    lines += [f"  {name:10} {text}" for name, text in COMMANDS.items()]
    lines += ["", "`hew help COMMAND` shows the options of one."]
    return "\n".join(lines)


def command_help(name: str, syntax: Syntax) -> str:
    """One command."""
    lines = [f"usage: {syntax.usage}", "", COMMANDS[name]]
    options = [*syntax.flags, *syntax.values]
    if options:
        lines.append("")
        lines += [f"  {option:18} {SPECIAL.get((name, option)) or OPTIONS[option]}" for option in options]
    if syntax.takes_rest:
        lines += ["", "What stands behind `--` belongs to the program."]
    return "\n".join(lines)
