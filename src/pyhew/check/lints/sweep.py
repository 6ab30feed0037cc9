"""All lints over a checked program.

In: the world and the sources of a program without errors, the levels the user asked for.
Out: the lints to show, in the order of the source.
Assumed: only modules a user wrote are looked at; the library and what the compiler writes are not.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyhew.check.errors.lints import Lint
from pyhew.check.lints import names
from pyhew.check.lints.comments import comment_lints
from pyhew.check.lints.levels import settle
from pyhew.check.lints.shapes import shape_lints
from pyhew.check.lints.walk import Survey, survey
from pyhew.check.world import World
from pyhew.source.files import Sources
from pyhew.syntax import nodes
from pyhew.types.symbols import ModuleInfo


def find_lints(world: World, sources: Sources, levels: tuple[tuple[str, str], ...]) -> list[Lint]:
    """What looks wrong in the user's modules."""
    program = world.program
    made = [program.regex, *(module.companion for module in program.modules)]
    written = [module for module in program.modules if not module.is_std and module not in made]
    found = [lint for module in written for lint in _of_module(world, module)]
    files = {tree.span.file: None for module in written for tree in module.trees}
    found += [lint for file in files for lint in comment_lints(sources[file])]
    return settle(found, levels, sources)


def _of_module(world: World, module: ModuleInfo) -> Iterator[Lint]:
    model = world.model
    surveys: dict[nodes.Item, Survey] = {
        item: survey(model, item)
        for tree in module.trees
        for item in tree.items
        if not isinstance(item, nodes.Import)
    }
    for found in surveys.values():
        yield from names.variables(model, found)
        yield from names.lost_changes(model, found)
        for node in found.nodes:
            yield from shape_lints(model, node)
    yield from names.imports(module, surveys)
    yield from names.hidden_prelude(world.program, module)
    if module is world.program.root:
        yield from names.dead_declarations(module, surveys)
