%% A process answers requests with a fresh reference each.
-module(main).
-export([main/0]).

main() ->
    Operations = N = 2000000,
    Start = erlang:monotonic_time(nanosecond),
    Server = spawn(fun server/0),
    Main = self(),
    spawn(fun() -> Main ! {done, client(N, Server, 0)} end),
    Value = receive {done, Last} -> Last end,
    Spent = erlang:monotonic_time(nanosecond) - Start,
    io:format("check ~p~n~p ~p~n", [Value, Operations, Spent]),
    halt().

server() ->
    receive {From, Ref, Value} -> From ! {Ref, Value + 1}, server() end.

client(0, _, Value) -> Value;
client(N, Server, Value) ->
    Ref = make_ref(),
    Server ! {self(), Ref, Value},
    receive {Ref, Next} -> client(N - 1, Server, Next) end.
