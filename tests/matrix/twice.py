"""More that is done with values: everything twice, in two places, on one way only, and around what waits or falls.

Each operation is text. `@make(x,1)` declares `x` with the value of number 1, `@show(x)` prints it, `@T` is its type, `@ask(..)` asks
and prints only what went wrong, `$` makes a name of the operation's own. Lines are numbers of values, or text.
"""

from __future__ import annotations

import re

from .kinds import Kind
from .operations import Cell, Operation

_ASK = 'match await {0} {{ Ok(_) => (), Err(_) => println("err"), }}'


def _arguments(text: str, start: int) -> tuple[str, int]:
    """What stands between the parenthesis at `start` and its partner, and where that ends."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "(") - (text[at] == ")")
        if depth == 0:
            return text[start + 1 : at], at + 1
    raise ValueError(text)


def _written(text: str, kind: Kind, name: str) -> str:
    """The Hew text of a template."""
    text = text.replace("@T", kind.type).replace("$", f"_{name}")
    while found := re.search(r"@(make|show|ask)\(", text):
        inside, end = _arguments(text, found.end() - 1)
        match found[1]:
            case "make":
                variable, number = inside.rsplit(",", 1)
                new = kind.make(variable, int(number))
            case "show":
                new = kind.show(inside)
            case _:
                new = _ASK.format(inside)
        text = text[: found.start()] + new + text[end:]
    return text


def operation(
    name: str, body: str, lines: list[int | str], items: str = "", needs: str = "", refused: str = ""
) -> Operation:
    """One operation by its templates."""
    def cell(kind: Kind) -> Cell:
        shown = [line for each in lines for line in (kind.text(each).split("\n") if isinstance(each, int) else [each])]
        return Cell(_written(body, kind, name), shown, _written(items, kind, name))

    return Operation(name, cell, needs, refused)


AGAIN = "again"
MOVED = "use-after-move"

TWICE = (
    operation("show_twice", "@make(x,1) @show(x) @show(x)", [1, 1], "", AGAIN),
    operation("pass_twice", "@make(x,1) see$(x); see$(x); @show(x)", [1, 1, 1], "fn see$(v: @T) { @show(v) }", AGAIN),
    operation("if_then_after", "@make(x,1) if go$(true) { @show(x) } if go$(false) { @show(x) } @show(x)", [1, 1], "fn go$(b: bool) -> bool { b }", AGAIN),
    operation("loop_reads", "@make(x,1) for _ in 0..2 { @show(x) } @show(x)", [1, 1, 1], "", AGAIN),
    operation("while_reads", "@make(x,1) var n = 0; while n < 2 { @show(x) n = n + 1; } @show(x)", [1, 1, 1], "", AGAIN),
    operation("loop_left", "@make(x,1) var n = 0; loop { n = n + 1; if n == 1 { continue; } @show(x) if n == 3 { break; } } @show(x)", [1, 1, 1], "", AGAIN),
    operation("closure_twice", "@make(x,1) let look = || { @show(x) }; look(); look();", [1, 1], "", AGAIN),
    operation("move_closure_twice", "@make(x,1) let look = move || { @show(x) }; look(); look();", [1, 1], "", AGAIN),
    operation("closure_and_after", "@make(x,1) let look = || { @show(x) }; look(); @show(x)", [1, 1], "", "many again", MOVED),
    operation("nested_closure", "@make(x,1) let outer = || { let inner = || { @show(x) }; inner(); inner(); }; outer(); outer();", [1, 1, 1, 1], "", AGAIN),
    operation("closure_given", "@make(x,1) run$(|| { @show(x) });", [1, 1], "fn run$(f: fn() -> ()) { f(); f(); }", AGAIN),
    operation("closure_field", "@make(x,1) let r = Run$ { f: move || { @show(x) } }; (r.f)(); (r.f)();", [1, 1], "type Run$ { f: fn() -> (); }", AGAIN),
    operation("closure_list", "@make(x,1) let list: Vec<fn() -> ()> = Vec.new(); list.push(move || { @show(x) }); (list[0])(); (list[0])();", [1, 1], "", AGAIN),
    operation("closure_arg_twice", "@make(x,1) let look = |e: @T| { @show(e) }; look(x); look(x);", [1, 1], "", AGAIN),
    operation("field_twice", "@make(x,1) let f = F$ { part: x, n: 7 }; @show(f.part) @show(f.part) println(f.n);", [1, 1, "7"], "type F$ { part: @T; n: i64; }", AGAIN),
    operation("field_of_field", "@make(x,1) let o = O$ { f: F$ { part: x, n: 7 } }; @show(o.f.part) @show(o.f.part) println(o.f.n);", [1, 1, "7"], "type F$ { part: @T; n: i64; } type O$ { f: F$; }", AGAIN),
    operation("field_given_twice", "@make(x,1) let f = F$ { part: x, n: 7 }; see$(f.part); see$(f.part); @show(f.part)", [1, 1, 1], "type F$ { part: @T; n: i64; } fn see$(v: @T) { @show(v) }", AGAIN),
    operation("field_of_param", "@make(x,1) let f = F$ { part: x, n: 7 }; see$(f); see$(f);", [1, 1], "type F$ { part: @T; n: i64; } fn see$(f: F$) { @show(f.part) }", AGAIN),
    operation("tuple_part_twice", "@make(x,1) let t = (7, x); @show(t.1) @show(t.1) println(t.0);", [1, 1, "7"], "", AGAIN),
    operation("element_twice", "@make(x,1) let list: Vec<@T> = [x]; @show(list[0]) @show(list[0]) println(list.len());", [1, 1, "1"], "", AGAIN),
    operation("element_of_field", "@make(x,1) let b = B$ { list: [x] }; @show(b.list[0]) @show(b.list[0]) println(b.list.len());", [1, 1, "1"], "type B$ { list: Vec<@T>; }", AGAIN),
    operation("element_given", "@make(x,1) let list: Vec<@T> = [x]; see$(list[0]); see$(list[0]); @show(list[0])", [1, 1, 1], "fn see$(v: @T) { @show(v) }", AGAIN),
    operation("list_given_twice", "@make(x,1) let list: Vec<@T> = [x]; see$(list); see$(list);", [1, 1], "fn see$(v: Vec<@T>) { @show(v[0]) }", AGAIN),
    operation("array_element_twice", "@make(x,1) @make(y,2) let a: [@T; 2] = [x, y]; @show(a[0]) @show(a[1]) @show(a[0])", [1, 2, 1], "", AGAIN),
    operation("if_let_twice", "@make(x,1) let o: Option<@T> = Some(x); if let Some(e) = o { @show(e) } if let Some(e) = o { @show(e) }", [1, 1], "", AGAIN),
    operation("match_twice", '@make(x,1) let o: Option<@T> = Some(x); match o { Some(e) => { @show(e) }, None => println("none") } match o { Some(e) => { @show(e) }, None => println("none") }', [1, 1], "", AGAIN),
    operation("match_result_twice", "@make(x,1) let o: Result<@T, string> = Ok(x); match o { Ok(e) => { @show(e) }, Err(w) => println(w) } match o { Ok(e) => { @show(e) }, Err(w) => println(w) }", [1, 1], "", AGAIN),
    operation("match_guarded", '@make(x,1) let o = Some(x); for n in 0..2 { match o { Some(e) if n == 1 => { @show(e) }, Some(_) => println("some"), None => println("none") } }', ["some", 1], "", AGAIN),
    operation("match_enum_twice", "@make(x,1) let w = W1$(x, 7); for _ in 0..2 { match w { W0$ => println(0), W1$(e, n) => { @show(e) println(n); } } }", [1, "7", 1, "7"], "enum W$ { W0$; W1$(@T, i64); }", AGAIN),
    operation("match_shape_twice", "@make(x,1) let w = S1$ { part: x, n: 7 }; for _ in 0..2 { match w { S0$ => println(0), S1$ { part, n } => { @show(part) println(n); } } }", [1, "7", 1, "7"], "enum S$ { S0$; S1$ { part: @T, n: i64 }; }", AGAIN),
    operation("match_nested_twice", '@make(x,1) let o: Option<Option<@T>> = Some(Some(x)); for _ in 0..2 { match o { Some(Some(e)) => { @show(e) }, _ => println("none") } }', [1, 1], "", AGAIN),
    operation("match_field_twice", '@make(x,1) let f = F$ { o: Some(x) }; for _ in 0..2 { match f.o { Some(e) => { @show(e) }, None => println("none") } }', [1, 1], "type F$ { o: Option<@T>; }", AGAIN),
    operation("match_element_twice", '@make(x,1) let list: Vec<Option<@T>> = [Some(x)]; for _ in 0..2 { match list[0] { Some(e) => { @show(e) }, None => println("none") } }', [1, 1], "", AGAIN),
    operation("match_param_twice", "@make(x,1) let o = Some(x); see$(o); see$(o);", [1, 1, 1, 1], 'fn see$(o: Option<@T>) { match o { Some(e) => { @show(e) }, None => println("none") } if let Some(e) = o { @show(e) } }', AGAIN),
    operation("match_self_twice", "@make(x,1) let f = F$ { o: Some(x) }; f.see(); f.see();", [1, 1], 'type F$ { o: Option<@T>; } impl F$ { fn see(self) { match self.o { Some(e) => { @show(e) }, None => println("none") } } }', AGAIN),
    operation("match_passes_on", "@make(x,1) let o = Some(x); for _ in 0..2 { if let Some(e) = o { see$(e); see$(e); } }", [1, 1, 1, 1], "fn see$(v: @T) { @show(v) }", AGAIN),
    operation("match_wildcard", '@make(x,1) let o = Some(x); match o { Some(_) => println("some"), None => println("none") } if let Some(e) = o { @show(e) }', ["some", 1]),
    operation("match_takes", "@make(x,1) let o = Some(x); let y = match o { Some(e) => e, None => { return; } }; @show(y)", [1]),
    operation("match_one_takes", "@make(x,1) let o = Some(x); give$(o, false); @make(y,2) give$(Some(y), true);", ["kept", 2], 'fn eat$(consume v: @T) { @show(v) } fn give$(consume o: Option<@T>, go: bool) { match o { Some(e) => if go { eat$(e); } else { println("kept"); }, None => println("none") } }'),
    operation("match_or", '@make(x,1) let w = A$(x); match w { A$(e) | B$(e) => { @show(e) }, C$ => println("c") }', [1], "enum P$ { A$(@T); B$(@T); C$; }"),
    operation("while_let_once", "@make(x,1) let o = Some(x); var n = 0; while let Some(e) = o { @show(e) n = n + 1; if n == 2 { break; } }", [1, 1], "", AGAIN),
    operation("while_let_pops", "@make(x,1) @make(y,2) let list: Vec<@T> = [x, y]; while let Some(e) = last$(list) { @show(e) } println(list.len());", [2, 1, "0"], "fn last$(list: Vec<@T>) -> Option<@T> { if list.is_empty() { None } else { Some(list.pop()) } }"),
    operation("let_else", "@make(x,1) let o = Some(x); let Some(e) = o else { return; }; @show(e)", [1]),
    operation("let_else_result", '@make(x,1) let o: Result<@T, string> = Ok(x); let Ok(e) = o else { panic("no"); }; @show(e)', [1]),
    operation("destructure", "@make(x,1) let f = F$ { part: x, n: 7 }; let F$ { part, n } = f; @show(part) println(n);", [1, "7"], "type F$ { part: @T; n: i64; }"),
    operation("destructure_some", "@make(x,1) @make(y,2) let t = (x, y); let (a, _) = t; @show(a)", [1]),
    operation("destructure_deep", "@make(x,1) @make(y,2) let ((a, n), b) = ((x, 7), y); @show(b) @show(a) println(n);", [2, 1, "7"]),
    operation("match_tuple", '@make(x,1) match (x, 1) { (e, 1) => { @show(e) }, (_, _) => println("other") }', [1]),
    operation("unused", "@make(x,1) println(1);", ["1"]),
    operation("unused_part", '@make(x,1) let (_, n) = (x, 7); println(n);', ["7"]),
    operation("thrown_away", "@make(x,1) let _ = x; give$(); println(1);", ["1"], "fn give$() -> @T { @make(v,2) v }"),
    operation("generic_twice", "@make(x,1) let y = same$(same$(x)); @show(y)", [1], "fn same$<A>(v: A) -> A { v }"),
    operation("generic_reads", "@make(x,1) let h = H$ { part: x, n: 3 }; println(h.count()); println(h.count()); @show(h.part)", ["3", "3", 1], "type H$<A> { part: A; n: i64; } impl<A> H$<A> { fn count(self) -> i64 { self.n } }"),
    operation("generic_puts", "@make(x,1) @make(y,2) var h = H$ { part: x }; h.put(y); @show(h.part) let e = h.take(); @show(e)", [2, 2], "type H$<A> { part: A; } impl<A> H$<A> { fn put(var self, consume v: A) { self.part = v; } fn take(consuming self) -> A { self.part } }", AGAIN),
    operation("generic_swaps", "@make(x,1) @make(y,2) let p = turn$(P$ { a: x, b: y }); @show(p.a) @show(p.b)", [2, 1], "type P$<A, B> { a: A; b: B; } fn turn$<A, B>(consume p: P$<A, B>) -> P$<B, A> { P$ { a: p.b, b: p.a } }"),
    operation("two_returns", "let y = outer$(); @show(y)", [1], "fn inner$() -> @T { @make(v,1) v } fn middle$() -> @T { inner$() } fn outer$() -> @T { let m = middle$(); m }"),
    operation("recursion", "@make(x,1) down$(x, 3);", [1], "fn down$(v: @T, n: i64) { if n == 0 { @show(v) } else { down$(v, n - 1); } }"),
    operation("recursion_back", "@make(x,1) let y = down$(x, 3); @show(y)", [1], "fn down$(consume v: @T, n: i64) -> @T { if n == 0 { v } else { down$(v, n - 1) } }"),
    operation("indirect_list", "@make(x,1) @make(y,2) let many = More$(x, More$(y, Nil$)); walk$(many);", [1, 2], "indirect enum Many$ { Nil$; More$(@T, Many$); } fn walk$(consume m: Many$) { match m { Nil$ => (), More$(e, rest) => { @show(e) walk$(rest); } } }"),
    operation("indirect_read", "@make(x,1) @make(y,2) let many = More$(x, More$(y, Nil$)); walk$(many); walk$(many);", [1, 2, 1, 2], "indirect enum Many$ { Nil$; More$(@T, Many$); } fn walk$(m: Many$) { match m { Nil$ => (), More$(e, rest) => { @show(e) walk$(rest); } } }", AGAIN),
    operation("swapped", "@make(x,1) @make(y,2) var a = x; var b = y; let t = a; a = b; b = t; @show(a) @show(b)", [2, 1]),
    operation("swapped_in_loop", "@make(x,1) @make(y,2) var a = x; var b = y; for _ in 0..3 { let t = a; a = b; b = t; } @show(a) @show(b)", [2, 1]),
    operation("swapped_fields", "@make(x,1) @make(y,2) var p = P$ { a: x, b: y }; p = P$ { a: p.b, b: p.a }; @show(p.a) @show(p.b)", [2, 1], "type P$ { a: @T; b: @T; }"),
    operation("shadowed", "@make(x,1) { let x = x; { let x = x; @show(x) } }", [1]),
    operation("shadowed_option", "@make(x,1) { let x = Some(x); if let Some(x) = x { @show(x) } }", [1]),
    operation("shadowed_twice", "@make(x,1) { @make(x,2) @show(x) } @show(x)", [2, 1]),
    operation("block_value", "@make(x,1) let y = { let t = x; t }; let z = if flag$() { y } else { panic(\"no\") }; @show(z)", [1], "fn flag$() -> bool { true }"),
    operation("match_value", "@make(x,1) @make(y,2) let z = match number$() { 1 => x, _ => y }; @show(z)", [1], "fn number$() -> i64 { 1 }"),
    operation("returned_early", "take$(true); take$(false);", [1, 1], "fn eat$(consume v: @T) { @show(v) } fn take$(go: bool) { @make(v,1) if go { eat$(v); return; } @show(v) }"),
    operation("moved_continue", "for i in 0..3 { @make(v,1) if i == 0 { eat$(v); continue; } if i == 2 { break; } @show(v) }", [1, 1], "fn eat$(consume v: @T) { @show(v) }"),
    operation("moved_break", "@make(x,1) loop { if go$(true) { eat$(x); break; } } println(1);", [1, "1"], "fn go$(b: bool) -> bool { b } fn eat$(consume v: @T) { @show(v) }"),
    operation("question_over", "for ok in [true, false] { match use$(ok) { Ok(n) => println(n), Err(w) => println(w), } }", [1, "1", "no"], 'fn check$(ok: bool) -> Result<i64, string> { if ok { Ok(1) } else { Err("no") } } fn use$(ok: bool) -> Result<i64, string> { @make(v,1) let n = check$(ok)?; @show(v) Ok(n) }'),
    operation("question_moved", "for ok in [true, false] { match use$(ok) { Ok(n) => println(n), Err(w) => println(w), } }", ["1", "no"], 'fn check$(consume v: @T, ok: bool) -> Result<@T, string> { if ok { Ok(v) } else { Err("no") } } fn use$(ok: bool) -> Result<i64, string> { @make(v,1) let w = check$(v, ok)?; keep$(w); Ok(1) } fn keep$(consume v: @T) { }'),
    operation("question_option", "for ok in [true, false] { match use$(ok) { Some(n) => println(n), None => println(0), } }", [1, "1", "0"], "fn find$(ok: bool) -> Option<@T> { if ok { @make(v,1) Some(v) } else { None } } fn use$(ok: bool) -> Option<i64> { @make(k,2) let v = find$(ok)?; @show(v) Some(1) }"),
    operation("assigned_twice", "var x = give$(1); @show(x) x = give$(2); @show(x) x = give$(1); @show(x)", [1, 2, 1], "fn give$(n: i64) -> @T { if n == 1 { @make(v,1) v } else { @make(v,2) v } }"),
    operation("assigned_from_itself", "@make(x,1) var y = x; for _ in 0..3 { y = same$(y); } @show(y)", [1], "fn same$(consume v: @T) -> @T { v }"),
    operation("assigned_on_one_way", "@make(x,1) var y = x; if go$(true) { @make(z,2) y = z; } @show(y)", [2], "fn go$(b: bool) -> bool { b }"),
    operation("assigned_after_move", "@make(x,1) var y = x; eat$(y); @make(z,2) y = z; @show(y)", [1, 2], "fn eat$(consume v: @T) { @show(v) }"),
    operation("declared_later", "let y: @T; if go$(true) { @make(x,1) y = x; } else { @make(x,2) y = x; } @show(y)", [1], "fn go$(b: bool) -> bool { b }"),
    operation("option_unwrap", "@make(x,1) let o = Some(x); let e = o.unwrap(); @show(e)", [1]),
    operation("option_expect", '@make(x,1) let o: Option<@T> = Some(x); let e = o.expect("no"); @show(e)', [1]),
    operation("option_unwrap_or", "@make(x,1) @make(y,2) let o: Option<@T> = Some(x); let e = o.unwrap_or(y); @show(e)", [1]),
    operation("option_none_or", "@make(y,2) let o: Option<@T> = None; let e = o.unwrap_or(y); @show(e)", [2]),
    operation("option_ok_or", '@make(x,1) let o: Option<@T> = Some(x); match o.ok_or("no") { Ok(e) => { @show(e) }, Err(w) => println(w) }', [1]),
    operation("option_map", "@make(x,1) let o: Option<@T> = Some(x); println(o.map(|e: @T| 5).unwrap_or(0));", ["5"]),
    operation("option_map_same", "@make(x,1) let o: Option<@T> = Some(x); if let Some(e) = o.map(|e: @T| e) { @show(e) }", [1]),
    operation("option_and_then", "@make(x,1) let o: Option<@T> = Some(x); if let Some(e) = o.and_then(|e: @T| Some(e)) { @show(e) }", [1]),
    operation("option_filter", '@make(x,1) let o: Option<@T> = Some(x); if let Some(e) = o.filter(|e: @T| true) { @show(e) }', [1]),
    operation("option_or", "@make(x,1) let o: Option<@T> = None; if let Some(e) = o.or(Some(x)) { @show(e) }", [1]),
    operation("option_asked", "@make(x,1) let o: Option<@T> = Some(x); println(o.is_some()); println(o.is_none()); if let Some(e) = o { @show(e) }", ["true", "false", 1]),
    operation("result_unwrap", "@make(x,1) let o: Result<@T, string> = Ok(x); println(o.is_ok()); let e = o.unwrap(); @show(e)", ["true", 1]),
    operation("result_map", '@make(x,1) let o: Result<@T, i64> = Ok(x); match o.map_err(|n: i64| "no") { Ok(e) => { @show(e) }, Err(w) => println(w) }', [1]),
    operation("result_ok", "@make(x,1) let o: Result<@T, string> = Ok(x); if let Some(e) = o.ok() { @show(e) }", [1]),
    operation("result_err", "@make(x,1) let o: Result<i64, @T> = Err(x); if let Some(e) = o.err() { @show(e) }", [1]),
    operation("result_or_else", "@make(x,1) let o: Result<@T, string> = Ok(x); let e = o.unwrap_or_else(|w: string| other$()); @show(e)", [1], "fn other$() -> @T { @make(v,2) v }"),
    operation("option_taken", 'var o: Option<@T> = Some(give$()); let t = o; o = None; if let Some(e) = t { @show(e) } println(o.is_none());', [1, "true"], "fn give$() -> @T { @make(v,1) v }"),
    operation("field_taken", "@make(x,1) var f = F$ { o: Some(x) }; let t = f.o; f.o = None; if let Some(e) = t { @show(e) } println(f.o.is_none());", [1, "true"], "type F$ { o: Option<@T>; }"),
    operation("self_taken", "@make(x,1) var f = F$ { o: Some(x) }; if let Some(e) = f.take() { @show(e) } println(f.o.is_none());", [1, "true"], "type F$ { o: Option<@T>; } impl F$ { fn take(var self) -> Option<@T> { let t = self.o; self.o = None; t } }"),
)
