"""The whole program: main as the root actor, then whatever it reaches.

In: the checked world.  Out: an IR module; mistakes found here go to the sink.
Assumed: only what main, tests and exports reach is lowered.
"""

from __future__ import annotations

from pyhew.check.errors.types import TypeTooLarge
from pyhew.check.world import World
from pyhew.ir.ops import ActorDef, Handler, Module, Value
from pyhew.ir.types import I64, PTR, UNIT, IntT, ResourceT, StructT, Use
from pyhew.lower.actors import add_made_handlers
from pyhew.lower.bodies import write_body
from pyhew.lower.context import Lower, Lowering, TooManyInstances
from pyhew.lower.errors import InstantiationTooDeep, NoMain
from pyhew.lower.expressions import lower_expr
from pyhew.lower.foreign import export
from pyhew.lower.instances import instance
from pyhew.lower.types import TypeLowering, TypeTooWide
from pyhew.source.spans import NOWHERE, Span
from pyhew.types.model import Nominal, show
from pyhew.types.symbols import FnInfo, RecordInfo


def lower_program(world: World, tests: bool = False, names: bool = False) -> Module | None:
    """The module of a program, None after a report.

    With `tests`, main runs the test numbered by HEW_CASE; with `names`, variables are named for debuggers.
    """
    module = Module()
    low = Lowering(world, module, TypeLowering(world, module.types), lower_expr, write_body, names)
    root = world.program.root
    assert root is not None
    main = root.declared.get("main")
    if not tests and not isinstance(main, FnInfo):
        end = root.trees[0].span
        world.sink.report(NoMain(Span(end.file, end.start, end.start)))
        return None
    try:
        if tests:
            _root_actor(low, lambda cx: _run_test(cx, world))
        else:
            assert isinstance(main, FnInfo)
            _root_actor(low, lambda cx: _run_main(cx, main))
        for name, fn in world.model.exports.items():
            export(low, name, fn)
        while low.todo or low.types.resources:
            while low.types.resources:
                write_close(low, *low.types.resources.pop())
            if low.todo:
                low.todo.pop()()
        add_made_handlers(low)
    except TypeTooWide as error:
        node = getattr(error.type.info, "node", None)
        world.sink.report(TypeTooLarge(node.name.span if node is not None else NOWHERE, f"`{show(error.type)}`"))
        return None
    except TooManyInstances as error:
        assert error.fn.node is not None
        world.sink.report(InstantiationTooDeep(error.fn.node.name.span, error.fn.name))
        return None
    return None if world.sink.has_errors else module


def write_close(low: Lowering, ty: Nominal, resource: ResourceT) -> None:
    """The function that runs a resource's `close` when its last owner lets go."""
    info = ty.info
    assert isinstance(info, RecordInfo)
    fn = low.new_function(resource.close, f"close {info.name}", UNIT)
    fn.params, fn.modes = [Value(resource, "self", True)], [Use.BORROW]
    cx = Lower(low, fn, {})
    if info.close is not None:
        cx.call(instance(low, info.close, ty.args), [fn.params[0]])
    cx.b.ret([])
    cx.b.finish()


def _root_actor(low: Lowering, write) -> None:  # type: ignore[no-untyped-def]
    """The actor whose only handler is main."""
    struct = StructT("actor main")
    low.module.types.structs[struct.name] = struct
    wrapper = low.new_function("hew.main.start", "main", UNIT)
    wrapper.params, wrapper.modes = [Value(PTR, "payload")], [Use.BORROW]
    cx = Lower(low, wrapper, {})
    write(cx)
    cx.b.ret([])
    cx.b.finish()
    drop = low.new_function("hew.main.drop", "drop state", UNIT)
    inner = Lower(low, drop, {})
    inner.b.ret([])
    inner.b.finish()
    low.module.actors["hew.main"] = ActorDef(
        "hew.main", "main", struct, [Handler("init", wrapper.symbol, (), None)], drop.symbol
    )
    low.module.main = "hew.main"


def _run_main(cx: Lower, main: FnInfo) -> None:
    result, _ = cx.call(instance(cx.low, main, ()), [])
    if isinstance(result.type, IntT):
        cx.runtime("hew_set_exit_code", [cx.b.convert(result, I64)])


def _run_test(cx: Lower, world: World) -> None:
    case = world.prelude("test_case")
    assert isinstance(case, FnInfo)
    number, _ = cx.call(instance(cx.low, case, ()), [])
    for index, fn in enumerate(world.model.tests):
        here, other = cx.b.new_block("test"), cx.b.new_block("next")
        cx.b.cond(cx.b.compare("eq", number, cx.b.int(index)), here, other)
        cx.b.start_sealed(here)
        cx.call(instance(cx.low, fn, ()), [])
        cx.b.branch(other)
        cx.b.start_sealed(other)
