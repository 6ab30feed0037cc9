%% A token goes round 503 processes.
-module(main).
-export([main/0]).

main() ->
    Operations = N = 5000000,
    Main = self(),
    First = spawn(fun() -> receive {join, Next} -> link(Next, Main) end end),
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> link(Next, Main) end) end, First, lists:seq(2, 503)),
    First ! {join, Last},
    Start = erlang:monotonic_time(nanosecond),
    First ! {hop, N},
    Value = receive done -> 0 end,
    Spent = erlang:monotonic_time(nanosecond) - Start,
    io:format("check ~p~n~p ~p~n", [Value, Operations, Spent]),
    halt().

link(Next, Main) ->
    receive
        {hop, 0} -> Main ! done;
        {hop, Left} -> Next ! {hop, Left - 1}, link(Next, Main)
    end.
