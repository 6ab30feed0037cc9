"""What calls do to their arguments.

In: calls, what functions do with their parameters.  Out: arguments looked at, offered or given away.
Assumed: a function that is a value, or stands for a method of a trait, is not known: what it is given it may keep.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyhew.check.errors.ownership import CapturedMove, MustConsume, NotForOneOwner
from pyhew.check.given_away import Behind, Giving, instance_of, is_followed, shown
from pyhew.check.linear import LOSING
from pyhew.check.model import UseDyn, UseFn, UseHandler, UseLambda, UseRecord, UseTrait, UseValue, UseVariant
from pyhew.check.places import Places
from pyhew.check.world import World
from pyhew.syntax import nodes
from pyhew.types import facts
from pyhew.types.facts import Kind
from pyhew.types.model import ERROR, Nominal, ParamType, Prim, TupleType, Type, prune, show, substitute
from pyhew.types.symbols import FnInfo

MAKERS = (nodes.Call, nodes.Try, nodes.Await, nodes.RecordLiteral, nodes.TupleLiteral, nodes.ArrayLiteral, nodes.MapLiteral)
"""Expressions that make a value which nothing else holds."""


class Arguments(Places):
    """Calls in a body."""

    def expr(self, node: nodes.Expr, giving: Giving = Giving.READ) -> None:
        """Evaluates an expression; `giving` is what happens to its value."""
        raise NotImplementedError

    def value(self, node: nodes.Expr, giving: Giving) -> None:
        """Evaluates an expression and gives its value away."""
        raise NotImplementedError

    def call(self, node: nodes.Call) -> None:
        """A call of anything."""
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
                self._call_fn(use.fn, self.instance(node, use), receiver, args)
                self._passed_on(node, receiver, use.fn.module.startswith("std.") and use.fn.name in LOSING)
            case UseTrait():
                self._call_fn(use.trait.methods[use.method], (), receiver, args, functions_behind(self.world, use, self.actual))
                self._passed_on(node, receiver, False)
            case UseDyn():
                self._call_fn(use.trait.methods[use.method], (), receiver, args, functions_behind(self.world, use, self.actual))
            case UseValue():
                self.expr(node.callee)
                for arg in args:
                    self._offered(arg)
            case _:
                self.expr(receiver if receiver is not None else node.callee)
                for arg in args:
                    self.expr(arg)

    def _offered(self, arg: nodes.Expr) -> None:
        """An argument of a function that is a value: nobody knows what it does."""
        if self.place_of(arg) is not None:
            self.value(arg, Giving.OFFER)
        else:
            self.expr(arg)

    def _passed_on(self, node: nodes.Call, receiver: nodes.Expr | None, loses: bool) -> None:
        """A method puts linear values into its receiver, takes them out, or loses them."""
        place = self.place_of(receiver) if receiver is not None else None
        if receiver is None or self.state is None or not self.linear.is_needed:
            return
        held = self.type_at(receiver)
        if held is None or facts.is_linear(held) or not facts.holds_linear(held) or place is not None and self.state.is_gone(place):
            return
        if loses:
            self.report(MustConsume(node.span, f"{shown(place)}[..]" if place is not None else "this value", node.span))
        elif place is not None and any(facts.holds_linear(self.model.types.get(arg.value, ERROR)) for arg in node.args):
            self.state.surely.difference_update(self.linear.places(place))
        elif place is not None and facts.holds_linear(self.model.types.get(node, ERROR)):
            self.discharge(place)

    def instance(self, node: nodes.Expr, use: UseFn) -> tuple[Type, ...]:
        """The type arguments of a call when a value of theirs has one owner; the body must treat it so."""
        given = instance_asked(use, self.actual)
        if not given:
            return ()
        single = next(arg for arg in given if facts.holds_single(arg))
        complaint = self.summary_of(use.fn, given).complaint
        if complaint is not None and not use.fn.module.startswith("std."):
            self.report(NotForOneOwner(node.span, use.fn.name, show(single), complaint))
        return given

    def _call_fn(
        self,
        fn: FnInfo,
        given: tuple[Type, ...],
        receiver: nodes.Expr | None,
        args: list[nodes.Expr],
        behind: Behind | None = None,
    ) -> None:
        """`behind`: the functions that `fn` stands for if it is a trait's."""
        inputs, first = list(fn.inputs), 0
        if receiver is not None and fn.has_self and len(args) == len(inputs) - 1:
            self.value(receiver, self._giving_of(fn, given, 0, receiver, behind))
            first = 1
        for index, arg in enumerate(args, first):
            if index < len(inputs):
                self._argument(arg, self._giving_of(fn, given, index, arg, behind), bool(given))
                self._check_kept(fn, given, index, arg)
            else:
                self.expr(arg)

    def _argument(self, arg: nodes.Expr, giving: Giving, is_asked: bool) -> None:
        """`is_asked`: whether the function may lose it has been asked of its body."""
        if is_asked and giving in (Giving.READ, Giving.OFFER) and isinstance(arg, MAKERS):
            self.expr(arg)
        else:
            self.value(arg, giving)

    def _check_kept(self, fn: FnInfo, given: tuple[Type, ...], index: int, arg: nodes.Expr) -> None:
        """A function that gives its argument away must not get what a closure has to keep."""
        place = self.place_of(arg)
        if place is None or place[1] or not self.is_kept(place) or fn.module.startswith("std."):
            return
        if facts.kind_of(self.type_of(place[0])) is Kind.AGGREGATE and index in self.summary_of(fn, given).gives:
            self.report(CapturedMove(arg.span, shown(place), facts.is_cloneable(place[0].type)))

    def _giving_of(
        self, fn: FnInfo, given: tuple[Type, ...], index: int, arg: nodes.Expr, behind: Behind | None
    ) -> Giving:
        """What a call does to one argument."""
        param = fn.inputs[index]
        if param.mode == "consume":
            return _consuming(fn, index)
        if index == 0 and fn.name == "close" and fn.has_self and facts.is_resource(param.type):
            return Giving.CONSUME
        if behind is not None:
            return Giving.READ if param.mode == "var" else self._giving_of_any(behind, index, arg)
        ty = substitute(param.type, instance_of(fn, given))
        if not is_followed(fn) or facts.kind_of(ty) is not Kind.AFFINE and not facts.may_be_kept(ty):
            return Giving.READ
        summary = self.summary_of(fn, given)
        if facts.kind_of(ty) is Kind.AFFINE and index in summary.gives:
            return Giving.CONSUME
        return Giving.OFFER if index in summary.gives or index in summary.offers else Giving.READ

    def _giving_of_any(self, behind: Behind, index: int, arg: nodes.Expr) -> Giving:
        """What a call through a trait does: it surely takes only what every function takes that it may reach."""
        is_single = facts.kind_of(self.type_at(arg) or ERROR) is Kind.AFFINE
        together = self.world.together(behind)
        if is_single and index in together.gives:
            return Giving.CONSUME
        return Giving.OFFER if index in together.offers else Giving.READ


def instance_asked(use: UseFn, actual: Mapping[ParamType, Type]) -> tuple[Type, ...]:
    """The type arguments of a called function, if a value of theirs has one owner and its body is looked into."""
    given = tuple(substitute(arg, actual) for arg in use.args)
    return given if is_followed(use.fn) and any(map(facts.holds_single, given)) else ()


def functions_behind(world: World, use: UseTrait | UseDyn, actual: Mapping[ParamType, Type]) -> Behind:
    """The functions of the program that a trait's method may be: the one of a known type, or every one."""
    ty = prune(substitute(use.self_type, actual)) if isinstance(use, UseTrait) else None
    if isinstance(use, UseTrait) and isinstance(ty, Nominal | Prim | TupleType):
        found = world.find_impl(use.trait, ty, tuple(substitute(a, actual) for a in use.trait_args))
        return Behind((found[0].methods.get(use.method, use.trait.methods[use.method]),) if found is not None else ())
    return world.behind(use.trait, use.method)


def _consuming(fn: FnInfo, index: int) -> Giving:
    """What is declared to end with the call: collections of the library take copies of what can be copied."""
    if fn.module.startswith("std."):
        if fn.owner.startswith(("HashMap", "HashSet", "Rc")):
            return Giving.INSERT if index > 0 or fn.name == "new" else Giving.CONSUME
        if index > 0 or not fn.has_self:
            return Giving.COPY_IN
    return Giving.CONSUME
