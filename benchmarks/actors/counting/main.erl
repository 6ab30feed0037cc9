%% One process sends numbers to another, then asks for the sum.
-module(main).
-export([main/0]).

main() ->
    Operations = N = 10000000,
    Start = erlang:monotonic_time(nanosecond),
    Counter = spawn(fun() -> counter(0) end),
    Main = self(),
    spawn(fun() -> send(N, Counter), Counter ! {total, Main} end),
    Value = receive {sum, Sum} -> Sum end,
    Spent = erlang:monotonic_time(nanosecond) - Start,
    io:format("check ~p~n~p ~p~n", [Value, Operations, Spent]),
    halt().

counter(Sum) ->
    receive
        {add, K} -> counter(Sum + K);
        {total, From} -> From ! {sum, Sum}
    end.

send(0, _) -> ok;
send(N, Counter) -> Counter ! {add, 1}, send(N - 1, Counter).
