%% A process is made, gets one message, reports and ends.
-module(main).
-export([main/0]).

main() ->
    Operations = N = 1000000,
    Start = erlang:monotonic_time(nanosecond),
    Main = self(),
    Tally = spawn(fun() -> tally(N, 0, Main) end),
    make(N, Tally),
    Value = receive {seen, Seen} -> Seen end,
    Spent = erlang:monotonic_time(nanosecond) - Start,
    io:format("check ~p~n~p ~p~n", [Value, Operations, Spent]),
    halt().

make(0, _) -> ok;
make(N, Tally) ->
    Short = spawn(fun() -> receive {touch, K} -> Tally ! {one, K} end end),
    Short ! {touch, N},
    make(N - 1, Tally).

tally(0, Seen, Main) -> Main ! {seen, Seen};
tally(N, Seen, Main) -> receive {one, _} -> tally(N - 1, Seen + 1, Main) end.
