"""Who owns a value now: every use after the value was given away is reported.

In: checked bodies.  Out: diagnostics; nothing is changed.
Assumed: bodies without type errors.  One walk in evaluation order; branches join by union, loops are walked twice.
A pattern on a variable lends what it binds: giving that away gives the variable away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from pyhew.check.arguments import MAKERS, Arguments
from pyhew.check.errors.ownership import (
    BorrowedElement,
    LinearCaptureCancellable,
    LinearCaptured,
    MustConsume,
)
from pyhew.check.errors.values import CannotAssign
from pyhew.check.given_away import (
    UNSET,
    Exits,
    Giving,
    Place,
    State,
    SummaryOf,
    bound,
    is_lent,
    join,
    shown,
    takes_apart,
)
from pyhew.check.linear import is_made_empty
from pyhew.check.model import (
    Body,
    Local,
    UseDyn,
    UseFn,
    UseTrait,
    UseValue,
)
from pyhew.check.places import Matched, end_of
from pyhew.check.subtrees import children
from pyhew.check.suspension import Waits
from pyhew.check.world import World
from pyhew.source.spans import Span
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.facts import Kind
from pyhew.types.model import ERROR, DynType, ParamType, Type, prune, substitute
from pyhew.types.symbols import FnInfo

LOOKS = (Giving.READ, Giving.OFFER)
"""What leaves a value where it stands, as far as anybody knows."""


class Walk(Arguments):
    """One body."""

    def __init__(self, world: World, summary_of: SummaryOf, actual: Mapping[ParamType, Type] | None = None, quiet: bool = False) -> None:
        super().__init__(world, summary_of, actual, quiet)
        self.loops: list[Exits] = []
        self.defers: list[list[nodes.Expr]] = []
        self.task: nodes.Fork | None = None

    def body(self, fn: FnInfo, body: Body) -> None:
        """Walks a function's whole body; `ends` are then all ways out of it."""
        assert fn.node is not None and fn.node.body is not None
        for local in body.params:
            if fn.is_gen and facts.kind_of(self.type_of(local)) is Kind.AGGREGATE:
                self.kept.add(local)
            if self.linear.knows(local, self.type_of(local)) and self._is_owing(fn, local):
                self.linear.declare(local, self.type_of(local))
        self.value(fn.node.body, Giving.BIND)
        self.check_linear(0, fn.node.body.span)
        self.check_fields()
        if self.state is not None:
            self.ends.append(self.state)
        for param, local in zip(fn.inputs, body.params):
            if param.mode != "consume":
                self._check_lent_param(local, fn.node.body.span)

    def _is_owing(self, fn: FnInfo, local: Local) -> bool:
        """Whether a parameter must be consumed here: of one that only holds a linear value the caller may stay the owner."""
        if fn.has_self and local.name == fn.inputs[0].name:
            return False
        return isinstance(fn.node, nodes.ReceiveFn) or facts.is_linear(self.type_of(local)) or not local.is_used

    def _check_lent_param(self, local: Local, span: Span) -> None:
        """What is linear in a parameter that goes away on some path must be gone on every one."""
        if not self.linear.knows(local, self.type_of(local)) or local in self.linear.blocks[0]:
            return
        if any(local in end.gone for end in self.ends) and any(
            self.linear.owes(end, (local, ())) for end in self.ends
        ):
            self.report(MustConsume(local.node.span, local.name, end_of(span)))

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
            if giving in LOOKS and self._is_made(inner):
                self.check_kept_linear(inner)
            if isinstance(inner, nodes.Index) and ty is not None and giving not in LOOKS and is_lent(ty):
                base = self.place_of(inner.base)
                name = "this" if base is None else f"{shown(base)}[..]"
                self.report(BorrowedElement(inner.span, name, "cannot be consumed or transferred"))
            return
        if ty is not None and self.takes(ty, giving, place):
            if giving is Giving.BIND and place[1] and facts.kind_of(ty) is Kind.AGGREGATE and place[0].is_param:
                self._look_or_offer(inner, place, giving, ty)
                return
            self.give(inner, place, "its value went away here")
        elif giving is Giving.COPY_IN and self.is_kept(place) and ty is not None and facts.kind_of(ty) is Kind.AGGREGATE:
            self.give(inner, place, "its value went away here")
        else:
            self._look_or_offer(inner, place, giving, ty)

    def _look_or_offer(self, node: nodes.Expr, place: Place, giving: Giving, ty: Type | None) -> None:
        self.read(node, place)
        if giving is not Giving.READ and ty is not None and facts.may_be_kept(ty):
            self.offer(node, place)

    # ------------------------------------------------------------------ expressions

    def expr(self, node: nodes.Expr, giving: Giving = Giving.READ) -> None:
        """Evaluates an expression; `giving` is what happens to its value."""
        match node:
            case nodes.NameExpr() | nodes.Member():
                place, use = self.place_of(node), self.model.uses.get(node)
                if place is not None:
                    self.read(node, place)
                elif isinstance(use, UseFn):
                    self.instance(node, use)
                elif isinstance(node, nodes.Member):
                    self._member(node)
            case nodes.Call():
                self.call(node)
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
            case nodes.Try() if giving is not Giving.READ:
                holds = facts.holds_marked(self.type_at(node.operand) or ERROR)
                self.value(node.operand, Giving.CONSUME if holds and giving is not Giving.OFFER else Giving.OFFER)
            case nodes.Scope() | nodes.Unsafe():
                self.expr(node.body, giving)
            case _:
                for child in children(node):
                    self.expr(child)
        if isinstance(node, nodes.Try):
            self._may_leave()
        if self.task is not None and self.state is not None and self._may_wait(node):
            for local in self.linear.owing(self.state, 0):
                if facts.holds_endless(self.type_of(local)) and local in self.linear.blocks[0]:
                    self.report(LinearCaptureCancellable(node.span, local.name, local.node.span, self.task.span))
                    self.discharge((local, ()))

    def _may_wait(self, node: nodes.Expr) -> bool:
        """Whether an expression may be where a task is cancelled; nothing is known of functions that are values."""
        use = self.model.uses.get(node)
        is_unknown = isinstance(node, nodes.Call) and isinstance(use, UseValue | UseDyn | UseTrait)
        return is_unknown or Waits(self.world).of_call(node)

    def _member(self, node: nodes.Member) -> None:
        """A part of a value without a name; the rest of it ends here."""
        self.expr(node.base)
        if self._is_made(node.base) and not facts.holds_linear(self.model.types.get(node, ERROR)):
            self.check_kept_linear(node.base)

    def _is_made(self, node: nodes.Expr) -> bool:
        """Whether a value stands nowhere else: `held?` that is only looked at leaves it where it is."""
        return isinstance(node, MAKERS) and not (isinstance(node, nodes.Try) and self.place_of(node.operand) is not None)

    def block(self, node: nodes.Block, giving: Giving) -> None:
        """Statements, then the tail; linear values must be gone at the end."""
        self.linear.blocks.append([])
        self.defers.append([])
        for stmt in node.stmts:
            self.stmt(stmt)
        if node.tail is not None:
            self.value(node.tail, Giving.BIND)
        self._deferred(self.defers.pop())
        self.check_linear(-1, node.span)
        self.linear.blocks.pop()

    def _defers_run(self, outermost: int) -> None:
        """What is deferred in the open blocks from this one inwards runs here."""
        if self.state is not None:
            for bodies in reversed(self.defers[outermost:]):
                self._deferred(bodies)

    def _may_leave(self) -> None:
        """`?` may leave the function here, and what is deferred runs then."""
        if self.state is not None and any(self.defers):
            before = self.state.copy()
            self._defers_run(0)
            self.state = before

    def _deferred(self, bodies: list[nodes.Expr]) -> None:
        """What was deferred runs here, the last one first."""
        for body in reversed(bodies):
            self.expr(body)

    def stmt(self, stmt: nodes.Stmt) -> None:
        """One statement."""
        match stmt:
            case nodes.Let():
                self._let(stmt)
            case nodes.Assign():
                self._assign(stmt)
            case nodes.ExprStmt():
                self.expr(stmt.value)
                self.check_kept_linear(stmt.value)
            case nodes.While():
                self._loop(stmt, partial(self.expr, stmt.condition))
            case nodes.WhileLet():
                self._loop(stmt, partial(self._scrutinee, stmt.value, (stmt.pattern,)), stmt.pattern)
            case nodes.Loop():
                self._loop(stmt, None)
            case nodes.For():
                self.expr(stmt.iterable)
                self.binders.update(bound(self.model, stmt.pattern))
                self._loop(stmt, partial(self._walked, stmt.iterable), stmt.pattern)
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
        is_borrowed = isinstance(stmt.value, nodes.Index)
        ty = self.type_at(stmt.value)
        if stmt.value is not None:
            ignores = isinstance(stmt.pattern, nodes.WildcardPattern)
            self.value(stmt.value, Giving.READ if ignores or is_borrowed else Giving.BIND)
            if stmt.is_try:
                self._may_leave()
            if ignores and self.place_of(stmt.value) is None and not isinstance(stmt.value, MAKERS):
                self.check_kept_linear(stmt.value)
        if stmt.otherwise is not None and stmt.value is not None:
            self._otherwise(stmt.pattern, stmt.value, stmt.otherwise)
        for local in bound(self.model, stmt.pattern):
            if is_borrowed and facts.kind_of(self.type_of(local)) is Kind.AFFINE:
                self.borrowed.add(local)
                continue
            self.linear.declare(local, self.type_of(local))
            self.restore((local, ()))
            if stmt.value is None and self.state is not None:
                self.state.lose((local, ()), (local.node.span, UNSET))
                self.state.surely.add((local, ()))
            if is_made_empty(self.model, stmt.value):
                self.discharge((local, ()))
        if not isinstance(stmt.pattern, nodes.BindPattern | nodes.WildcardPattern) and ty is not None and not is_borrowed:
            self.check_hidden(stmt.pattern, ty)

    def _otherwise(self, pattern: nodes.Pattern, value: nodes.Expr, otherwise: nodes.Expr) -> None:
        """Where the pattern does not fit, nothing went away."""
        before = self.state.copy() if self.state is not None else None
        place = self.place_of(value)
        if place is not None:
            self.restore(place)
        self.unmatched(Matched(self.type_at(value), place, place is None), pattern)
        self.expr(otherwise)
        self.state = before

    def _assign(self, stmt: nodes.Assign) -> None:
        self.value(stmt.value, Giving.BIND)
        place = self.place_of(stmt.target)
        if place is None:
            for child in children(stmt.target):
                self.expr(child)
            if stmt.op is None and isinstance(stmt.target, nodes.Index) and not facts.is_builtin(self.type_at(stmt.target.base) or ERROR, "HashMap"):
                self.check_kept_linear(stmt.target)
        elif stmt.op is None:
            self._assign_place(stmt, place)
        else:
            self.read(stmt.target, place)

    def _assign_place(self, stmt: nodes.Assign, place: Place) -> None:
        if place[0] in self.borrowed and not place[1]:
            self.report(BorrowedElement(stmt.span, shown(place), "cannot be reassigned"))
        if self.state is not None and self.linear.owes(self.state, place):
            self.report(MustConsume(place[0].node.span, shown(place), stmt.span))
        if place[1]:
            self.read_root(stmt.target, place)
        elif place[0].is_late and (self.state is not None and place not in self.state.surely or self.is_kept(place)):
            self.report(CannotAssign(stmt.span, place[0].name, "immutable binding", place[0].node.span, True))
        self.restore(place)
        if is_made_empty(self.model, stmt.value):
            self.discharge(place)

    # ------------------------------------------------------------------ control

    def _loop(
        self,
        stmt: nodes.While | nodes.WhileLet | nodes.Loop | nodes.For,
        head: Callable[[], Matched | None] | None,
        pattern: nodes.Pattern | None = None,
    ) -> None:
        """`head` is what is evaluated before each round; without it the loop is endless."""
        after: State | None = None
        for _ in range(2):
            entry = self.state.copy() if self.state is not None else None
            matched = head() if head is not None else None
            start = self.state.copy() if self.state is not None else None
            if matched is not None and pattern is not None:
                self.unmatched(matched, pattern)
            leaving = self.state if head is not None else None
            self.state = start
            self.loops.append(Exits(stmt.label.text if stmt.label is not None else None, len(self.linear.blocks), len(self.defers)))
            self.linear.blocks.append([])
            if matched is not None and pattern is not None:
                self.enter(pattern, matched)
            self.expr(stmt.body)
            self.check_linear(-1, stmt.body.span)
            self.linear.blocks.pop()
            exits = self.loops.pop()
            after = join([leaving, *exits.breaks])
            self.state = join([entry, self.state, *exits.again])
        self.state = after if head is None else join([after, self.state])

    def _walked(self, iterable: nodes.Expr) -> Matched:
        """What a `for` goes over: elements stay in their collection, everything else is made for each round."""
        stays = any(facts.is_builtin(self.type_at(iterable) or ERROR, name) for name in facts.COLLECTIONS)
        return Matched(None, None, not stays, stays)

    def _leave(self, node: nodes.Break | nodes.Continue | nodes.Return) -> None:
        if isinstance(node, nodes.Return):
            if node.value is not None:
                self.value(node.value, self._returning(node.value))
            if self.state is not None:
                self._defers_run(0)
                self.check_linear(0, node.span)
                self.ends.append(self.state)
            self.state = None
            return
        wanted = node.label.text if node.label is not None else None
        target = next((x for x in reversed(self.loops) if wanted is None or x.label == wanted), None)
        if target is not None:
            self._defers_run(target.deferring)
            self.check_linear(target.around, node.span)
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
                matched = self._scrutinee(node.value, (node.pattern,))
                start = self.state
                ends.append(self._arm(start, matched, node.pattern, (node.then,), giving))
                self.state = start.copy() if start is not None else None
                self.unmatched(matched, node.pattern)
                ends.append(self.state if node.otherwise is None else self._branch(self.state, node.otherwise, giving))
            case nodes.Match():
                matched = self._scrutinee(node.value, tuple(arm.pattern for arm in node.arms))
                start = self.state
                for arm in node.arms:
                    bodies = (arm.body,) if arm.guard is None else (arm.guard, arm.body)
                    ends.append(self._arm(start, matched, arm.pattern, bodies, giving))
                    if arm.guard is None:
                        matched.earlier.append(arm.pattern)
            case nodes.Select():
                for one in node.arms:
                    self.expr(one.source)
                if node.delay is not None:
                    self.expr(node.delay)
                start = self.state
                ends.extend(self._arm(start, Matched(None, None, True), one.pattern, (one.body,), giving) for one in node.arms)
                if node.on_delay is not None:
                    ends.append(self._branch(start, node.on_delay, giving))
        self.state = join(ends)

    def _branch(self, start: State | None, body: nodes.Expr, giving: Giving) -> State | None:
        self.state = start.copy() if start is not None else None
        self.value(body, giving)
        return self.state

    def _arm(
        self, start: State | None, matched: Matched, pattern: nodes.Pattern, bodies: tuple[nodes.Expr, ...], giving: Giving
    ) -> State | None:
        """One arm: its guard, if it has one, and its body."""
        self.state = start.copy() if start is not None else None
        self.linear.blocks.append([])
        self.enter(pattern, matched)
        for guard in bodies[:-1]:
            self.expr(guard)
            if matched.place is not None:
                self.use_again(matched.place)  # by the arms behind it
        self.value(bodies[-1], self._giving_of_arm(bodies[-1], giving))
        self.check_linear(-1, bodies[-1].span)
        self.linear.blocks.pop()
        return self.state

    def _giving_of_arm(self, body: nodes.Expr, giving: Giving) -> Giving:
        """An arm that is a variable makes its value the match's own, though only looked at there."""
        is_named = isinstance(body, nodes.NameExpr | nodes.Member)
        is_taken = is_named and giving in LOOKS and facts.ends_with_scope(self.type_at(body) or ERROR)
        return Giving.SEND if is_taken else giving

    def _scrutinee(self, node: nodes.Expr, patterns: tuple[nodes.Pattern, ...]) -> Matched:
        """Taking a record or tuple apart takes its heap parts away; what a variant holds is lent."""
        place, ty = self.place_of(node), self.type_at(node)
        if place is None:
            self.expr(node)
            return Matched(ty, None, not isinstance(node, nodes.NameExpr | nodes.Member | nodes.Index), _is_element(node))
        if any(takes_apart(self.model, p) for p in patterns):
            self.give(node, place, "taken apart here")
            return Matched(ty, None, True)
        self.read(node, place)
        return Matched(ty, place)

    # ------------------------------------------------------------------ closures, calls

    def _closure(self, node: nodes.Lambda | nodes.LambdaActor | nodes.GenBlock | nodes.Fork) -> None:
        closure = self.model.closures.get(node)
        if closure is None:
            return
        for let in node.before if isinstance(node, nodes.Fork) else ():
            self._let(let)
        for local in closure.captures:
            self._capture(node, local)
        inner = Walk(self.world, self.summary_of, self.actual, self.quiet)
        inner.complaints = self.complaints
        inner.depth = self.depth if isinstance(node, nodes.Fork) else self.depth + 1
        if isinstance(node, nodes.Fork):
            self._task(node, inner, closure.captures)
        elif isinstance(node, nodes.Lambda):
            for local in closure.params:
                if facts.is_linear(self.type_of(local)):
                    inner.linear.declare(local, self.type_of(local))
            inner.value(node.body, Giving.BIND)
            inner.check_linear(0, node.body.span)
        else:
            inner.expr(node.body)

    def _capture(self, node: nodes.Lambda | nodes.LambdaActor | nodes.GenBlock | nodes.Fork, local: Local) -> None:
        place: Place = (local, ())
        kind = facts.kind_of(self.type_of(local))
        moves = isinstance(node, nodes.Lambda | nodes.LambdaActor) and node.is_move and kind is not Kind.COPY
        moves = moves or (isinstance(node, nodes.Fork) and kind in (Kind.AFFINE, Kind.AGGREGATE))
        is_lent = isinstance(node, nodes.Lambda) and facts.is_lent_to_closures(self.type_of(local))
        moves = moves or (kind is Kind.AFFINE and not is_lent)
        use = nodes.NameExpr(node.id, node.span, nodes.Ident(node.id, node.span, local.name), ())
        if not isinstance(node, nodes.Fork) and self.linear.is_needed and facts.holds_linear(self.type_of(local)):
            self.report(LinearCaptured(node.span, local.name, local.node.span))
        is_dyn = isinstance(prune(self.type_of(local)), DynType)
        if moves and not is_dyn and local.depth == self.depth:
            self.give(use, place, "captured here", at=node)
            return
        self.read(use, place)
        if facts.may_be_kept(self.type_of(local)) and not is_lent and (isinstance(node, nodes.Fork) or not is_dyn):
            self.offer(node, place)

    def _task(self, node: nodes.Fork, inner: Walk, captures: list[Local]) -> None:
        """What is linear in a captured variable is the task's to consume; it must not wait before, for then it may be cancelled."""
        for local in captures:
            inner.linear.declare(local, self.type_of(local))
        inner.task = node
        inner.value(node.value, Giving.BIND)
        inner.check_linear(0, node.value.span)
        if node in self.model.locals:
            self.restore((self.model.locals[node], ()))


def _is_element(node: nodes.Expr) -> bool:
    """Whether an expression names something in a collection."""
    while isinstance(node, nodes.Member):
        node = node.base
    return isinstance(node, nodes.Index)
