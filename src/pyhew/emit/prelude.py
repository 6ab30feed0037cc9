"""The small functions that every emitted module carries: fast paths of counting and of growing.

In: nothing.  Out: LLVM text.
Assumed: static blocks have count 0, so a count above 1 is an ordinary shared block,
and a count of exactly 1 is unshared.
"""

from __future__ import annotations

from pyhew.abi.constants import BLOCK_COUNT, VEC_CAPACITY, VEC_LENGTH
from pyhew.emit.aliasing import CAPACITY, COUNT, length_loaded, tag


def _count(nothing: str) -> str:
    """Reads how many own a block into `%n`, or goes to `nothing` when there is none."""
    return f"""\
  %none = icmp eq ptr %b, null
  br i1 %none, label %{nothing}, label %some
some:
  %at = getelementptr i8, ptr %b, i64 {BLOCK_COUNT}
  %n = load i32, ptr %at{tag(COUNT)}
"""


_SIZES = f"""\
  %len.at = getelementptr i8, ptr %b, i64 {VEC_LENGTH}
  %len = load i64, ptr %len.at{length_loaded()}
  %cap.at = getelementptr i8, ptr %b, i64 {VEC_CAPACITY}
  %cap = load i64, ptr %cap.at{tag(CAPACITY)}
"""

PRELUDE = f"""\
define internal void @hew.retain(ptr %b) alwaysinline nounwind {{
{_count("done")}  %fixed = icmp eq i32 %n, 0
  br i1 %fixed, label %done, label %counted
counted:
  %m = add i32 %n, 1
  store i32 %m, ptr %at{tag(COUNT)}
  br label %done
done:
  ret void
}}

define internal void @hew.release(ptr %self, ptr %b) alwaysinline nounwind {{
{_count("done")}  %shared = icmp ugt i32 %n, 1
  br i1 %shared, label %counted, label %rest
counted:
  %m = sub i32 %n, 1
  store i32 %m, ptr %at{tag(COUNT)}
  br label %done
rest:
  %last = icmp eq i32 %n, 1
  br i1 %last, label %end, label %done
end:
  call void @hew_release(ptr %self, ptr %b)
  br label %done
done:
  ret void
}}

define internal ptr @hew.unique(ptr %self, ptr %b) alwaysinline nounwind {{
{_count("same")}  %alone = icmp eq i32 %n, 1
  br i1 %alone, label %same, label %copy
copy:
  %c = call ptr @hew_unique(ptr %self, ptr %b)
  ret ptr %c
same:
  ret ptr %b
}}

define internal i64 @hew.vec_room(ptr %b) alwaysinline nounwind {{
{_count("full")}  %alone = icmp eq i32 %n, 1
  br i1 %alone, label %open, label %full
open:
{_SIZES}  %left = sub i64 %cap, %len
  ret i64 %left
full:
  ret i64 0
}}

define internal ptr @hew.room(ptr %self, ptr %b, i32 %type) alwaysinline nounwind {{
{_count("grow")}  %alone = icmp eq i32 %n, 1
{_SIZES}  %fits = icmp slt i64 %len, %cap
  %good = and i1 %alone, %fits
  br i1 %good, label %same, label %grow
grow:
  %g = call ptr @hew_vec_reserve(ptr %self, ptr %b, i64 1, i32 %type)
  ret ptr %g
same:
  ret ptr %b
}}
"""
