"""Who owns a value now: every use after the value was given away is reported.

In: checked bodies.  Out: diagnostics; nothing is changed.
Assumed: bodies without type errors.  A place is a variable and a path of field names; giving away a
place makes it, what lies inside it and what contains it unusable until it is assigned again.
One walk in evaluation order; branches join by union, loops are walked twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyhew.check.errors.ownership import (
    BorrowedElement,
    CapturedMove,
    FieldNotRestored,
    MustConsume,
    NotForOneOwner,
    UseAfterMove,
    UseBeforeInit,
)
from pyhew.check.errors.values import CannotAssign
from pyhew.check.given_away import (
    UNSET,
    Exits,
    Giving,
    Linear,
    Place,
    State,
    SummaryOf,
    bound,
    instance_of,
    is_lent,
    join,
    overlap,
    shown,
    takes_apart,
)
from pyhew.check.model import (
    Body,
    Local,
    SemanticModel,
    UseField,
    UseFn,
    UseHandler,
    UseLambda,
    UseLocal,
    UseMember,
    UseRecord,
    UseTrait,
    UseVariant,
)
from pyhew.check.subtrees import children
from pyhew.check.world import World
from pyhew.source.diagnostics import Diagnostic
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.facts import Kind
from pyhew.types.model import DynType, ParamType, Type, prune, show, substitute
from pyhew.types.symbols import FnInfo


class Walk:
    """One body."""

    def __init__(self, world: World, summary_of: SummaryOf, actual: Mapping[ParamType, Type] | None = None, quiet: bool = False) -> None:
        self.world = world
        self.model: SemanticModel = world.model
        self.summary_of = summary_of
        self.actual = actual or {}
        self.state: State | None = State()
        self.loops: list[Exits] = []
        self.quiet = quiet
        self.depth = 0
        self.ends: list[State] = []
        self.linear = Linear()
        self.binders: set[Local] = set()
        self.borrowed: set[Local] = set()
        self.kept: set[Local] = set()
        self.defers: list[list[nodes.Expr]] = []
        self.fields: dict[int, Local] = {}
        self.complaints: list[Diagnostic] = []

    def body(self, fn: FnInfo, body: Body) -> None:
        """Walks a function's whole body; `ends` are then all ways out of it."""
        assert fn.node is not None and fn.node.body is not None
        for local in body.params:
            if fn.is_gen and facts.kind_of(self.type_of(local)) is Kind.AGGREGATE:
                self.kept.add(local)
            if not (fn.has_self and local.name == fn.inputs[0].name):
                self.linear.declare(local, self.type_of(local))
        self.value(fn.node.body, Giving.BIND)
        self._check_linear(0, fn.node.body.span)
        self.check_fields()
        if self.state is not None:
            self.ends.append(self.state)

    def type_of(self, local: Local) -> Type:
        """A variable's type, with what the type parameters stand for in this instance."""
        return substitute(local.type, self.actual) if self.actual else local.type

    # ------------------------------------------------------------------ places

    def place_of(self, node: nodes.Expr) -> Place | None:
        """The place an expression names, None for values."""
        match node:
            case nodes.NameExpr():
                use = self.model.uses.get(node)
                if isinstance(use, UseField):
                    return self._field(use)
                return (use.local, ()) if isinstance(use, UseLocal) else None
            case nodes.Member():
                if not isinstance(self.model.uses.get(node), UseMember):
                    return None
                base = self.place_of(node.base)
                return None if base is None else (base[0], (*base[1], node.name.text))
            case _:
                return None

    def _field(self, use: UseField) -> Place | None:
        """An actor's field that holds a resource: who consumes it must put another one there."""
        info = use.actor.fields[use.index]
        if not facts.is_marked(info.type):
            return None
        known = self.fields.get(use.index)
        if known is None:
            known = self.fields[use.index] = Local(info.name, info.type, True, 0, info.node)
        return (known, ())

    def check_fields(self) -> None:
        """At the end of a handler every field must have a value again."""
        own = set(self.fields.values())
        for end in [*self.ends, *([self.state] if self.state is not None else [])]:
            for place, (span, _) in end.gone.items():
                if place[0] in own:
                    own.discard(place[0])
                    self.report(FieldNotRestored(span, place[0].name))

    def read(self, node: nodes.Expr, place: Place) -> None:
        """A use of a place: nothing of it may be gone."""
        if self.state is None:
            return
        for gone, (span, how) in self.state.gone.items():
            if gone[0] is place[0] and overlap(gone[1], place[1]):
                if how == UNSET:
                    self.report(UseBeforeInit(node.span, shown(gone), span))
                else:
                    self.report(UseAfterMove(node.span, shown(gone), span, how, facts.is_cloneable(gone[0].type)))
                return

    def give(self, node: nodes.Expr, place: Place, how: str) -> None:
        """A place loses its value."""
        self.read(node, place)
        if self.state is None:
            return
        if place[0] in self.borrowed:
            self.report(BorrowedElement(node.span, shown(place), "cannot be consumed or transferred"))
            return
        if self.is_kept(place):
            self.report(CapturedMove(node.span, shown(place), facts.is_cloneable(place[0].type)))
            return
        self.state.gone[place] = (node.span, how)
        if not place[1]:
            self.state.surely.add(place[0])

    def is_kept(self, place: Place) -> bool:
        """Whether a place belongs to the environment of a closure or generator and must stay in it."""
        return place[0].depth < self.depth or (place[0] in self.kept and not place[1])

    def restore(self, place: Place) -> None:
        """A place is assigned."""
        if self.state is None:
            return
        for gone in [g for g in self.state.gone if g[0] is place[0] and g[1][: len(place[1])] == place[1]]:
            del self.state.gone[gone]
        if not place[1]:
            self.state.surely.discard(place[0])

    def report(self, diagnostic: Diagnostic) -> None:
        """Reports, or keeps it for who asked for a summary."""
        if self.quiet:
            self.complaints.append(diagnostic)
        else:
            self.world.sink.report(diagnostic)

    # ------------------------------------------------------------------ what is taken away

    def takes(self, ty: Type, giving: Giving, place: Place) -> bool:
        """Whether giving a value of this type away this way leaves nothing behind."""
        kind = facts.kind_of(ty)
        match giving:
            case Giving.READ:
                return False
            case Giving.SEND | Giving.COPY_IN:
                return kind is Kind.AFFINE and not isinstance(prune(ty), DynType)
            case Giving.BIND:
                return kind in (Kind.AFFINE, Kind.AGGREGATE)
            case Giving.INSERT:
                return kind is not Kind.COPY and not place[0].is_param and place[0] not in self.binders
            case Giving.CONSUME:
                return True

    def value(self, node: nodes.Expr, giving: Giving) -> None:
        """Evaluates an expression and gives its value away."""
        inner = node
        while isinstance(inner, nodes.Block) and not inner.stmts and inner.tail is not None:
            inner = inner.tail
        place = self.place_of(inner)
        ty = self.model.types.get(inner) if place is None or isinstance(inner, nodes.Member) else place[0].type
        ty = substitute(ty, self.actual) if ty is not None and self.actual else ty
        if place is None:
            self.expr(inner, giving)
            if isinstance(inner, nodes.Index) and ty is not None and giving is not Giving.READ and is_lent(ty):
                base = self.place_of(inner.base)
                name = "this" if base is None else f"{shown(base)}[..]"
                self.report(BorrowedElement(inner.span, name, "cannot be consumed or transferred"))
            return
        if ty is not None and self.takes(ty, giving, place):
            if giving is Giving.BIND and place[1] and facts.kind_of(ty) is Kind.AGGREGATE and place[0].is_param:
                self.read(inner, place)
                return
            self.give(inner, place, "its value went away here")
        elif giving is Giving.COPY_IN and self.is_kept(place) and ty is not None and facts.kind_of(ty) is Kind.AGGREGATE:
            self.give(inner, place, "its value went away here")
        else:
            self.read(inner, place)

    # ------------------------------------------------------------------ expressions

    def expr(self, node: nodes.Expr, giving: Giving = Giving.READ) -> None:
        """Evaluates an expression; `giving` is what happens to its value."""
        match node:
            case nodes.NameExpr() | nodes.Member():
                place, use = self.place_of(node), self.model.uses.get(node)
                if place is not None:
                    self.read(node, place)
                elif isinstance(use, UseFn):
                    self._instance(node, use)
                elif isinstance(node, nodes.Member):
                    self.expr(node.base)
            case nodes.Call():
                self._call(node)
            case nodes.RecordLiteral():
                for init in node.fields:
                    self.value(init.value, Giving.BIND)
                if node.base is not None:
                    self.value(node.base, Giving.BIND)
            case nodes.TupleLiteral() | nodes.ArrayLiteral():
                for item in node.items:
                    self.value(item, Giving.BIND)
            case nodes.MapLiteral():
                for entry in node.entries:
                    self.value(entry.key, Giving.INSERT)
                    self.value(entry.value, Giving.INSERT)
            case nodes.Binary() if node.op in ("&&", "||"):
                self.expr(node.left)
                before = self.state.copy() if self.state is not None else None
                self.expr(node.right)
                self.state = join([before, self.state])
            case nodes.If() | nodes.IfLet() | nodes.Match() | nodes.Select():
                self._branches(node, giving)
            case nodes.Block():
                self.block(node, giving)
            case nodes.Break() | nodes.Continue() | nodes.Return():
                self._leave(node)
            case nodes.Lambda() | nodes.LambdaActor() | nodes.GenBlock() | nodes.Fork():
                self._closure(node)
            case nodes.Spawn():
                for arg in node.args:
                    self.value(arg.value, Giving.SEND)
            case nodes.Yield() if node.value is not None:
                self.value(node.value, Giving.BIND)
            case nodes.Await() | nodes.Try() if facts.is_builtin(self.model.types[node.operand], "Task"):
                self.value(node.operand, Giving.CONSUME)
            case nodes.Scope() | nodes.Unsafe():
                self.expr(node.body, giving)
            case _:
                for child in children(node):
                    self.expr(child)

    def block(self, node: nodes.Block, giving: Giving) -> None:
        """Statements, then the tail; linear values must be gone at the end."""
        self.linear.blocks.append([])
        self.defers.append([])
        for stmt in node.stmts:
            self.stmt(stmt)
        if node.tail is not None:
            self.value(node.tail, Giving.BIND)
        self._deferred(self.defers.pop())
        self._check_linear(-1, node.span)
        self.linear.blocks.pop()

    def _deferred(self, bodies: list[nodes.Expr]) -> None:
        """What was deferred runs here, the last one first."""
        for body in reversed(bodies):
            self.expr(body)

    def _check_linear(self, outermost: int, span: Span) -> None:
        for local in self.linear.owing(self.state, outermost):
            self.report(MustConsume(local.node.span, local.name, Span(span.file, span.end - 1, span.end)))

    def _check_kept_linear(self, node: nodes.Expr) -> None:
        """A linear value that nobody keeps is not consumed."""
        ty = self.model.types.get(node)
        if ty is not None and facts.holds_linear(ty) and not isinstance(node, nodes.Block | nodes.If | nodes.Match | nodes.IfLet):
            self.report(MustConsume(node.span, "this value", node.span))

    def stmt(self, stmt: nodes.Stmt) -> None:
        """One statement."""
        match stmt:
            case nodes.Let():
                self._let(stmt)
            case nodes.Assign():
                self._assign(stmt)
            case nodes.ExprStmt():
                self.expr(stmt.value)
                self._check_kept_linear(stmt.value)
            case nodes.While():
                self._loop(stmt.label, stmt.body, condition=stmt.condition)
            case nodes.WhileLet():
                self._loop(stmt.label, stmt.body, condition=stmt.value, pattern=stmt.pattern)
            case nodes.Loop():
                self._loop(stmt.label, stmt.body, endless=True)
            case nodes.For():
                self.expr(stmt.iterable)
                self.binders.update(bound(self.model, stmt.pattern))
                self._loop(stmt.label, stmt.body, pattern=stmt.pattern)
            case nodes.Defer():
                before = self.state.copy() if self.state is not None else None
                self.expr(stmt.body)
                self.state = before
                self.defers[-1].append(stmt.body)
            case nodes.ScopeDeadline():
                self.expr(stmt.delay)
                before = self.state.copy() if self.state is not None else None
                self.expr(stmt.body)
                self.state = join([before, self.state])

    def _let(self, stmt: nodes.Let) -> None:
        if stmt.value is not None:
            keeps = isinstance(stmt.pattern, nodes.WildcardPattern) or isinstance(stmt.value, nodes.Index)
            self.value(stmt.value, Giving.READ if keeps else Giving.BIND)
            if isinstance(stmt.pattern, nodes.WildcardPattern) and self.place_of(stmt.value) is None:
                self._check_kept_linear(stmt.value)
        if stmt.otherwise is not None:
            before = self.state.copy() if self.state is not None else None
            place = self.place_of(stmt.value) if stmt.value is not None else None
            if place is not None:
                self.restore(place)  # only what fits the pattern goes away
            self.expr(stmt.otherwise)
            self.state = before
        for local in bound(self.model, stmt.pattern):
            self.restore((local, ()))
            if stmt.value is None and self.state is not None:
                self.state.gone[(local, ())] = (local.node.span, UNSET)
                self.state.surely.add(local)
            if isinstance(stmt.value, nodes.Index) and facts.kind_of(self.type_of(local)) is Kind.AFFINE:
                self.borrowed.add(local)
            self.linear.declare(local, self.type_of(local))

    def _assign(self, stmt: nodes.Assign) -> None:
        self.value(stmt.value, Giving.BIND)
        place = self.place_of(stmt.target)
        if place is None:
            for child in children(stmt.target):
                self.expr(child)
        elif stmt.op is None:
            if place[0] in self.borrowed and not place[1]:
                self.report(BorrowedElement(stmt.span, shown(place), "cannot be reassigned"))
            if facts.is_linear(self.type_of(place[0])) and not place[1] and self.state is not None and place[0] not in self.state.surely:
                self.report(MustConsume(place[0].node.span, place[0].name, stmt.span))
            if place[1]:
                self.read_root(stmt.target, place)
            elif place[0].is_late and (self.state is not None and place[0] not in self.state.surely or self.is_kept(place)):
                self.report(CannotAssign(stmt.span, place[0].name, "immutable binding", place[0].node.span, True))
            self.restore(place)
        else:
            self.read(stmt.target, place)

    def read_root(self, node: nodes.Expr, place: Place) -> None:
        """A field is assigned: what contains it must not be gone as a whole."""
        if self.state is None:
            return
        for gone, (span, how) in self.state.gone.items():
            if gone[0] is place[0] and len(gone[1]) < len(place[1]) and place[1][: len(gone[1])] == gone[1]:
                self.report(UseAfterMove(node.span, shown(gone), span, how, facts.is_cloneable(gone[0].type)))
                return

    # ------------------------------------------------------------------ control

    def _loop(
        self,
        label: nodes.Ident | None,
        body: nodes.Block,
        condition: nodes.Expr | None = None,
        endless: bool = False,
        pattern: nodes.Pattern | None = None,
    ) -> None:
        after: State | None = None
        for _ in range(2):
            entry = self.state.copy() if self.state is not None else None
            if condition is not None:
                self.expr(condition)
            leaving = None if endless else (self.state.copy() if self.state is not None else None)
            self.loops.append(Exits(label.text if label is not None else None, len(self.linear.blocks)))
            if pattern is not None:
                self._bind(pattern)
            self.expr(body)
            exits = self.loops.pop()
            after = join([leaving, *exits.breaks])
            self.state = join([entry, self.state, *exits.again])
        self.state = after if endless else join([after, self.state])

    def _leave(self, node: nodes.Break | nodes.Continue | nodes.Return) -> None:
        if isinstance(node, nodes.Return):
            if node.value is not None:
                self.value(node.value, self._returning(node.value))
            if self.state is not None:
                for open_defers in reversed(self.defers):
                    self._deferred(open_defers)
                self._check_linear(0, node.span)
                self.ends.append(self.state)
            self.state = None
            return
        wanted = node.label.text if node.label is not None else None
        target = next((x for x in reversed(self.loops) if wanted is None or x.label == wanted), None)
        if target is not None:
            self._check_linear(target.around, node.span)
            (target.breaks if isinstance(node, nodes.Break) else target.again).append(self.state)
        self.state = None

    def _returning(self, value: nodes.Expr) -> Giving:
        """What is deferred runs after the value has left, so it must not use a variable whose value that is."""
        place = self.place_of(value)
        held = place is not None and any(self.defers) and facts.kind_of(self.type_of(place[0])) is not Kind.COPY
        return Giving.CONSUME if held else Giving.BIND

    def _branches(self, node: nodes.If | nodes.IfLet | nodes.Match | nodes.Select, giving: Giving) -> None:
        ends: list[State | None] = []
        match node:
            case nodes.If():
                self.expr(node.condition)
                start = self.state
                ends.append(self._branch(start, node.then, giving))
                ends.append(start if node.otherwise is None else self._branch(start, node.otherwise, giving))
            case nodes.IfLet():
                self._scrutinee(node.value, (node.pattern,))
                start = self.state
                ends.append(self._branch(start, node.then, giving, node.pattern))
                ends.append(start if node.otherwise is None else self._branch(start, node.otherwise, giving))
            case nodes.Match():
                self._scrutinee(node.value, tuple(arm.pattern for arm in node.arms))
                start = self.state
                for arm in node.arms:
                    self.state = start.copy() if start is not None else None
                    self._bind(arm.pattern)
                    if arm.guard is not None:
                        self.expr(arm.guard)
                    ends.append(self._branch(self.state, arm.body, giving))
            case nodes.Select():
                for one in node.arms:
                    self.expr(one.source)
                if node.delay is not None:
                    self.expr(node.delay)
                start = self.state
                ends.extend(self._branch(start, one.body, giving, one.pattern) for one in node.arms)
                if node.on_delay is not None:
                    ends.append(self._branch(start, node.on_delay, giving))
        self.state = join(ends)

    def _bind(self, pattern: nodes.Pattern) -> None:
        """A pattern gives its variables new values, also where a loop comes by again."""
        for local in bound(self.model, pattern):
            self.restore((local, ()))

    def _branch(
        self, start: State | None, body: nodes.Expr, giving: Giving, pattern: nodes.Pattern | None = None
    ) -> State | None:
        self.state = start.copy() if start is not None else None
        if pattern is not None:
            self._bind(pattern)
        self.value(body, giving)
        return self.state

    def _scrutinee(self, node: nodes.Expr, patterns: tuple[nodes.Pattern, ...]) -> None:
        """Taking a record or tuple apart takes its heap parts away."""
        place = self.place_of(node)
        if place is None:
            self.expr(node)
            return
        if any(takes_apart(self.model, p) for p in patterns):
            self.give(node, place, "taken apart here")
        else:
            self.read(node, place)

    # ------------------------------------------------------------------ closures, calls

    def _closure(self, node: nodes.Lambda | nodes.LambdaActor | nodes.GenBlock | nodes.Fork) -> None:
        closure = self.model.closures.get(node)
        if closure is None:
            return
        for let in node.before if isinstance(node, nodes.Fork) else ():
            self._let(let)
        for local in closure.captures:
            place: Place = (local, ())
            kind = facts.kind_of(self.type_of(local))
            moves = isinstance(node, nodes.Lambda | nodes.LambdaActor) and node.is_move and kind is not Kind.COPY
            moves = moves or (isinstance(node, nodes.Fork) and kind in (Kind.AFFINE, Kind.AGGREGATE))
            is_lent = isinstance(node, nodes.Lambda) and facts.is_lent_to_closures(self.type_of(local))
            moves = moves or (kind is Kind.AFFINE and not is_lent)
            use = nodes.NameExpr(node.id, node.span, nodes.Ident(node.id, node.span, local.name), ())
            if moves and not isinstance(prune(self.type_of(local)), DynType) and local.depth == self.depth:
                self.give(use, place, "captured here")
            else:
                self.read(use, place)
        inner = Walk(self.world, self.summary_of, self.actual, self.quiet)
        inner.complaints = self.complaints
        inner.depth = self.depth if isinstance(node, nodes.Fork) else self.depth + 1
        if isinstance(node, nodes.Fork):
            inner.expr(node.value)
            if node in self.model.locals:
                self.restore((self.model.locals[node], ()))
        elif isinstance(node, nodes.Lambda):
            inner.value(node.body, Giving.BIND)
        else:
            inner.expr(node.body)

    def _call(self, node: nodes.Call) -> None:
        use = self.model.uses.get(node)
        args = [a.value for a in node.args]
        receiver = node.callee.base if isinstance(node.callee, nodes.Member) else None
        match use:
            case UseVariant() | UseRecord():
                for arg in args:
                    self.value(arg, Giving.BIND)
            case UseHandler() | UseLambda():
                self.expr(receiver if receiver is not None else node.callee)
                for arg in args:
                    self.value(arg, Giving.SEND)
            case UseFn():
                self._call_fn(use.fn, self._instance(node, use), receiver, args)
            case UseTrait():
                self._call_fn(use.trait.methods[use.method], (), receiver, args)
            case _:
                self.expr(receiver if receiver is not None else node.callee)
                for arg in args:
                    self.expr(arg)

    def _instance(self, node: nodes.Expr, use: UseFn) -> tuple[Type, ...]:
        """The type arguments of a call when a value of theirs has one owner; the body must treat it so."""
        given = tuple(substitute(arg, self.actual) for arg in use.args)
        single = next((arg for arg in given if facts.holds_single(arg)), None)
        if single is None or use.fn.module.startswith("std."):
            return ()
        complaint = self.summary_of(use.fn, given).complaint
        if complaint is not None:
            self.report(NotForOneOwner(node.span, use.fn.name, show(single), complaint))
        return given

    def _call_fn(self, fn: FnInfo, given: tuple[Type, ...], receiver: nodes.Expr | None, args: list[nodes.Expr]) -> None:
        inputs, first = list(fn.inputs), 0
        if receiver is not None and fn.has_self and len(args) == len(inputs) - 1:
            self.value(receiver, self.giving_of(fn, given, 0))
            first = 1
        for index, arg in enumerate(args, first):
            if index < len(inputs):
                self.value(arg, self.giving_of(fn, given, index))
                self._check_kept(fn, given, index, arg)
            else:
                self.expr(arg)

    def _check_kept(self, fn: FnInfo, given: tuple[Type, ...], index: int, arg: nodes.Expr) -> None:
        """A function that gives its argument away must not get what a closure has to keep."""
        place = self.place_of(arg)
        if place is None or place[1] or not self.is_kept(place) or fn.module.startswith("std."):
            return
        if facts.kind_of(self.type_of(place[0])) is Kind.AGGREGATE and index in self.summary_of(fn, given).gives:
            self.report(CapturedMove(arg.span, shown(place), facts.is_cloneable(place[0].type)))

    def giving_of(self, fn: FnInfo, given: tuple[Type, ...], index: int) -> Giving:
        """What a call does to one argument."""
        param = fn.inputs[index]
        if param.mode == "consume":
            if fn.module.startswith("std."):
                if fn.owner.startswith(("HashMap", "HashSet", "Rc")):
                    return Giving.INSERT if index > 0 or fn.name == "new" else Giving.CONSUME
                if index > 0 or not fn.has_self:
                    return Giving.COPY_IN
            return Giving.CONSUME
        if index == 0 and fn.name == "close" and fn.has_self and facts.is_resource(param.type):
            return Giving.CONSUME
        ty = substitute(param.type, instance_of(fn, given))
        if facts.kind_of(ty) is Kind.AFFINE and not fn.module.startswith("std.") and index in self.summary_of(fn, given).gives:
            return Giving.CONSUME
        return Giving.READ
