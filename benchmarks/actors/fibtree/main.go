package main

import (
	"fmt"
	"time"
)

// one actor (goroutine + mailbox) per call, no sequential cutoff
func fib(n int, parent chan int) {
	if n < 2 {
		parent <- n
		return
	}
	c := make(chan int, 2)
	go fib(n-1, c)
	go fib(n-2, c)
	parent <- (<-c) + (<-c)
}
func fc(n int) int { // number of actors
	a, b := 1, 1
	for i := 2; i <= n; i++ {
		a, b = b, a+b+1
	}
	return b
}
func main() {
	n := 24
	c := make(chan int, 1)
	t := time.Now()
	go fib(n, c)
	value := <-c
	spent := time.Since(t)
	fmt.Println("check", value)
	fmt.Println(fc(n), spent.Nanoseconds())
}
