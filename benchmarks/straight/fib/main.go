// Recursive Fibonacci: calls and small integer arithmetic.
package main

import (
	"fmt"
	"time"
)

func fib(n int64) int64 {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	start := time.Now()
	found := fib(40)
	spent := time.Since(start)
	fmt.Println("check", found)
	fmt.Println(2*found, spent.Nanoseconds())
}
