package main

import (
	"fmt"
	"time"
)

type req struct {
	v    int
	resp chan int
}

// fresh reply channel per request = the idiomatic "ask"
func main() {
	n := 2000000
	c := make(chan req, 16)
	go func() {
		for r := range c {
			r.resp <- r.v + 1
		}
	}()
	done := make(chan int)
	t := time.Now()
	go func() {
		v := 0
		for i := 0; i < n; i++ {
			r := req{v, make(chan int, 1)}
			c <- r
			v = <-r.resp
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
