package main

import (
	"fmt"
	"time"
)

func main() {
	n := 10000000
	const P = 100
	per := n / P
	c := make(chan int, 1024)
	done := make(chan int)
	t := time.Now()
	go func() {
		s := 0
		for i := 0; i < per*P; i++ {
			s += <-c
		}
		done <- s
	}()
	for p := 0; p < P; p++ {
		go func() {
			for i := 0; i < per; i++ {
				c <- 1
			}
		}()
	}
	if <-done != per*P {
		panic("bad")
	}
	spent := time.Since(t)
	fmt.Println("check", per*P)
	fmt.Println(per*P, spent.Nanoseconds())
}
