%% The Fibonacci tree with a process for every call.
-module(main).
-export([main/0]).

main() ->
    N = 24,
    Operations = calls(N),
    Start = erlang:monotonic_time(nanosecond),
    Main = self(),
    spawn(fun() -> fib(N, Main) end),
    Value = receive {result, Result} -> Result end,
    Spent = erlang:monotonic_time(nanosecond) - Start,
    io:format("check ~p~n~p ~p~n", [Value, Operations, Spent]),
    halt().

fib(N, Parent) when N < 2 -> Parent ! {result, N};
fib(N, Parent) ->
    Self = self(),
    spawn(fun() -> fib(N - 1, Self) end),
    spawn(fun() -> fib(N - 2, Self) end),
    receive {result, A} -> ok end,
    receive {result, B} -> ok end,
    Parent ! {result, A + B}.

calls(N) -> calls(N, 1, 1).
calls(1, _, B) -> B;
calls(N, A, B) -> calls(N - 1, B, A + B + 1).
