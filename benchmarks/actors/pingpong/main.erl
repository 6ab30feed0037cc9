%% Two processes pass a number back and forth.
-module(main).
-export([main/0]).

main() ->
    Operations = N = 2000000,
    Start = erlang:monotonic_time(nanosecond),
    Main = self(),
    Pong = spawn(fun pong/0),
    spawn(fun() -> Main ! {done, ping(N, Pong, 0)} end),
    Value = receive {done, Last} -> Last end,
    Spent = erlang:monotonic_time(nanosecond) - Start,
    io:format("check ~p~n~p ~p~n", [Value, Operations, Spent]),
    halt().

pong() -> receive {hit, Value, From} -> From ! {hit, Value + 1}, pong() end.

ping(0, _, Value) -> Value;
ping(N, Pong, Value) ->
    Pong ! {hit, Value, self()},
    receive {hit, Next} -> ping(N - 1, Pong, Next) end.
