package main

import (
	"fmt"
	"time"
)

// goroutine + unbuffered-ish channel per actor (capacity 1)
func main() {
	n := 2000000
	pi, po, done := make(chan int, 1), make(chan int, 1), make(chan int)
	t := time.Now()
	go func() {
		for v := range pi {
			po <- v + 1
		}
	}()
	go func() {
		v := 0
		for i := 0; i < n; i++ {
			pi <- v
			v = <-po
		}
		done <- v
	}()
	if <-done != n {
		panic("bad")
	}
	spent := time.Since(t)
	fmt.Println("check", n)
	fmt.Println(n, spent.Nanoseconds())
}
