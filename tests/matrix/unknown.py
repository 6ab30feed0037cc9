"""Values given to those of whom nobody knows what they do with them: functions that are values, methods of traits, `map` and its like."""

from __future__ import annotations

from .operations import SEND
from .twice import AGAIN, operation

_SAME = "fn same$(v: @T) -> @T { v }"
_JOB = "fn job$(v: @T) -> i64 { @show(v) 3 }"
_POST = "actor Post$ { receive fn take(v: @T) -> i64 { @show(v) 3 } }"
_KEEPS = "trait Keeps$ { fn keep(self, v: Option<@T>) -> Option<@T>; fn again(self, v: Option<@T>) -> Option<@T> { self.keep(v) } } type K$ { n: i64; } impl Keeps$ for K$ { fn keep(self, v: Option<@T>) -> Option<@T> { v } }"
_PUTS = "trait Puts$ { fn put(self, v: Option<@T>) -> i64; } type P$ { to: LocalPid<Post$>; } impl Puts$ for P$ { fn put(self, v: Option<@T>) -> i64 { match v { Some(e) => (await self.to.take(e)).unwrap_or(0), None => 0 } } } " + _POST
_RUNS = "trait Runs$ { fn run(self, v: Option<@T>) -> i64; } type R$ { n: i64; } impl Runs$ for R$ { fn run(self, v: Option<@T>) -> i64 { match v { Some(e) => { var got = 0; scope { fork t = job$(e); got = await t; } got }, None => 0 } } } " + _JOB
_OPENS = "trait Opens$ { fn open(self) -> Option<@T>; } type O$ { part: @T; } impl Opens$ for O$ { fn open(self) -> Option<@T> { Some(self.part) } }"
_ENDS = "trait Ends$ { fn end(consuming self) -> Option<@T>; } type O$ { part: @T; } impl Ends$ for O$ { fn end(consuming self) -> Option<@T> { Some(self.part) } }"
_RUN = "{ scope { fork t = job$(e); println(await t); } }"
_FOUND = "if let Some(e) = {0} {{ @show(e) }}"


def _found(what: str) -> str:
    return _FOUND.format(what)


UNKNOWN = (
    operation("value_same", "@make(x,1) let f = |e: @T| e; let y = f(x); @show(y)", [1]),
    operation("value_same_twice", "@make(x,1) let f = |e: @T| e; let y = f(f(x)); @show(y)", [1]),
    operation("value_named", "@make(x,1) let f = same$; let y = f(x); @show(y)", [1], _SAME),
    operation("value_consuming", "@make(x,1) let f = eat$; f(x); println(1);", [1, "1"], "fn eat$(consume v: @T) { @show(v) }"),
    operation("value_given", "@make(x,1) let y = apply$(|e: @T| e, x); @show(y)", [1], "fn apply$(f: fn(@T) -> @T, v: @T) -> @T { f(v) }"),
    operation("value_given_on", "@make(x,1) let y = twice$(same$, x); @show(y)", [1], "fn apply$(f: fn(@T) -> @T, v: @T) -> @T { f(v) } fn twice$(f: fn(@T) -> @T, v: @T) -> @T { apply$(f, v) } " + _SAME),
    operation("value_looks", "@make(x,1) apply$(|e: @T| { @show(e) }, x); apply$(|e: @T| { @show(e) }, x); @show(x)", [1, 1, 1], "fn apply$(f: fn(@T) -> (), v: @T) { f(v) }", AGAIN),
    operation("value_field", "@make(x,1) let h = H$ { f: |e: @T| e }; let y = (h.f)(x); @show(y)", [1], "type H$ { f: fn(@T) -> @T; }"),
    operation("value_of_part", "@make(x,1) let f = |e: @T| e; let p = P$ { part: x, n: 7 }; let y = f(p.part); @show(y) println(p.n);", [1, "7"], "type P$ { part: @T; n: i64; }"),
    operation("value_of_bound", "@make(x,1) let f = |e: @T| e; let o = Some(x); if let Some(e) = o { let y = f(e); @show(y) }", [1]),
    operation("value_on_one_way", "for go in [true, false] { @make(x,1) let f = |e: @T| { if go { eat$(e); } else { println(0); } }; f(x); println(1); }", [1, "1", "0", "1"], "fn eat$(consume v: @T) { @show(v) }"),
    operation("value_variant", "@make(x,1) let f: fn(@T) -> Option<@T> = Some; " + _found("f(x)"), [1]),
    operation("value_task", "@make(x,1) let run = |e: @T| " + _RUN + "; run(x);", [1, "3"], _JOB, "free"),
    operation("value_task_named", "@make(x,1) let f = run$; f(x);", [1, "3"], _JOB + " fn run$(e: @T) " + _RUN, "free"),
    operation("value_task_given", "@make(x,1) apply$(|e: @T| " + _RUN + ", x);", [1, "3"], _JOB + " fn apply$(f: fn(@T) -> (), v: @T) { f(v) }", "free"),
    operation("value_send", "@make(x,1) let p = spawn Post$; let put = |e: @T| { println((await p.take(e)).unwrap_or(0)); }; put(x);", [1, "3"], _POST, "send", SEND),
    operation("trait_keeps", "@make(x,1) let k = K$ { n: 1 }; " + _found("k.keep(Some(x))"), [1], _KEEPS),
    operation("trait_keeps_variable", "@make(x,1) let k = K$ { n: 1 }; let o = Some(x); let p = k.keep(o); let q = k.again(p); " + _found("q"), [1], _KEEPS),
    operation("trait_keeps_bound", "@make(x,1) let o = Some(x); let p = via$(K$ { n: 1 }, o); " + _found("p"), [1], "fn via$<A: Keeps$>(a: A, v: Option<@T>) -> Option<@T> { a.keep(v) } " + _KEEPS),
    operation("trait_keeps_dyn", "@make(x,1) let d: dyn Keeps$ = K$ { n: 1 }; let o = Some(x); let p = d.keep(o); let q = d.again(p); " + _found("q"), [1], _KEEPS),
    operation("trait_send", "@make(x,1) let o = Some(x); println(P$ { to: spawn Post$ }.put(o));", [1, "3"], _PUTS, "send", SEND),
    operation("trait_send_bound", "@make(x,1) let o = Some(x); println(via$(P$ { to: spawn Post$ }, o));", [1, "3"], "fn via$<A: Puts$>(a: A, v: Option<@T>) -> i64 { a.put(v) } " + _PUTS, "send", SEND),
    operation("trait_send_dyn", "@make(x,1) let o = Some(x); let d: dyn Puts$ = P$ { to: spawn Post$ }; println(d.put(o));", [1, "3"], _PUTS, "send", SEND),
    operation("trait_task", "@make(x,1) let o = Some(x); println(R$ { n: 1 }.run(o));", [1, "3"], _RUNS, "free"),
    operation("trait_task_bound", "@make(x,1) let o = Some(x); println(via$(R$ { n: 1 }, o));", [1, "3"], "fn via$<A: Runs$>(a: A, v: Option<@T>) -> i64 { a.run(v) } " + _RUNS, "free"),
    operation("trait_task_dyn", "@make(x,1) let o = Some(x); let d: dyn Runs$ = R$ { n: 1 }; println(d.run(o));", [1, "3"], _RUNS, "free"),
    operation("trait_opens", "@make(x,1) let o = O$ { part: x }; " + _found("o.open()"), [1], _OPENS),
    operation("trait_opens_bound", "@make(x,1) let o = O$ { part: x }; " + _found("via$(o)"), [1], "fn via$<A: Opens$>(a: A) -> Option<@T> { a.open() } " + _OPENS),
    operation("trait_opens_dyn", "@make(x,1) let d: dyn Opens$ = O$ { part: x }; " + _found("d.open()"), [1], _OPENS),
    operation("trait_ends_dyn", "@make(x,1) let d: dyn Ends$ = O$ { part: x }; " + _found("d.end()"), [1], _ENDS),
    operation("trait_opens_task", "@make(x,1) let d = O$ { part: x }; if let Some(e) = d.open() " + _RUN, [1, "3"], _JOB + " " + _OPENS, "free"),
    operation("trait_opens_dyn_task", "@make(x,1) let d: dyn Opens$ = O$ { part: x }; if let Some(e) = d.open() " + _RUN, [1, "3"], _JOB + " " + _OPENS, "free"),
    operation("trait_opens_dyn_chosen", "@make(x,1) let d: dyn Opens$ = P$ { part: x, other: None }; " + _found("d.open()"), [1], "type P$ { part: @T; other: Option<dyn Opens$>; } impl Opens$ for P$ { fn open(self) -> Option<@T> { match self.other { Some(o) => o.open(), None => Some(self.part) } } } " + _OPENS),
    operation("trait_opens_dyn_unnamed", "@make(x,1) let d: dyn Opens$ = N$ { part: x }; " + _found("d.open()"), [1], "type N$ { part: @T; } impl N$ { fn open(self) -> Option<@T> { Some(self.part) } } " + _OPENS),
    operation("map_task", "@make(x,1) let o = Some(x); println(o.map(|e: @T| { var got = 0; scope { fork t = job$(e); got = await t; } got }).unwrap_or(0));", [1, "3"], _JOB, "free"),
    operation("map_result_task", "@make(x,1) let o: Result<@T, string> = Ok(x); println(o.map(|e: @T| { var got = 0; scope { fork t = job$(e); got = await t; } got }).unwrap_or(0));", [1, "3"], _JOB, "free"),
    operation("map_looks", "@make(x,1) let o = Some(x); println(o.map(|e: @T| 5).unwrap_or(0)); println(o.map(|e: @T| 6).unwrap_or(0)); " + _found("o"), ["5", "6", 1]),
    operation("map_then_map", "@make(x,1) let o = Some(x); let p = o.map(|e: @T| e).map(|e: @T| e); " + _found("p"), [1]),
    operation("generic_both", "@make(x,1) let (y, z) = two$(x); @show(y) @show(z)", [1, 1], "fn two$<A>(a: A) -> (A, A) { (a, a) }", "again copied"),
    operation("task_of_option", '@make(x,1) let o = Some(x); scope { fork t = job$(o); println(await t); }', [1, "3"], 'fn job$(o: Option<@T>) -> i64 { match o { Some(e) => { @show(e) 3 }, None => 0 } }', "free"),
    operation("task_of_record", "@make(x,1) let f = F$ { part: x, n: 7 }; scope { fork t = job$(f); println(await t); }", [1, "7"], "type F$ { part: @T; n: i64; } fn job$(f: F$) -> i64 { @show(f.part) f.n }", "free"),
    operation("task_of_list", "@make(x,1) let list: Vec<@T> = Vec.new(); list.push(x); scope { fork t = job$(list); println(await t); }", [1, "1"], "fn job$(list: Vec<@T>) -> i64 { @show(list[0]) list.len() }", "free"),
    operation("task_of_tuple", "@make(x,1) let t = (7, x); let (n, y) = t; scope { fork t = job$(y); println(await t); } println(n);", [1, "3", "7"], _JOB, "free"),
    operation("task_of_matched", '@make(x,1) let o = Some(x); match o { Some(e) => ' + _RUN + ', None => println("none") }', [1, "3"], _JOB, "free"),
    operation("task_by_helper", "@make(x,1) run$(x); println(1);", [1, "3", "1"], _JOB + " fn run$(e: @T) " + _RUN, "free"),
    operation("task_by_generic", "@make(x,1) let y = pass$(Some(x)).unwrap(); run$(pass$(y));", [1, "3"], "fn pass$<A>(a: A) -> A { a } " + _JOB + " fn run$(e: @T) " + _RUN, "free"),
)
