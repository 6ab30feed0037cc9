%% A hundred processes send to one.
-module(main).
-export([main/0]).

main() ->
    Operations = N = 10000000,
    Start = erlang:monotonic_time(nanosecond),
    Main = self(),
    Sink = spawn(fun() -> sink(N, 0, Main) end),
    [spawn(fun() -> send(N div 100, Sink) end) || _ <- lists:seq(1, 100)],
    Value = receive {sum, Sum} -> Sum end,
    Spent = erlang:monotonic_time(nanosecond) - Start,
    io:format("check ~p~n~p ~p~n", [Value, Operations, Spent]),
    halt().

sink(0, Sum, Main) -> Main ! {sum, Sum};
sink(N, Sum, Main) -> receive {take, K} -> sink(N - 1, Sum + K, Main) end.

send(0, _) -> ok;
send(N, Sink) -> Sink ! {take, 1}, send(N - 1, Sink).
