package main

import (
	"fmt"
	"time"
)

const R = 503

func main() {
	n := 5000000
	var cs [R]chan int
	for i := range cs {
		cs[i] = make(chan int, 1)
	}
	done := make(chan int)
	for i := range cs {
		go func(in, out chan int) {
			for v := range in {
				if v == 0 {
					done <- 0
					return
				}
				out <- v - 1
			}
		}(cs[i], cs[(i+1)%R])
	}
	t := time.Now()
	cs[0] <- n
	<-done
	spent := time.Since(t)
	fmt.Println("check", 0)
	fmt.Println(n, spent.Nanoseconds())
}
