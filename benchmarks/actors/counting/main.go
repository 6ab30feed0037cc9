package main

import (
	"fmt"
	"time"
)

type msg struct {
	k    int
	resp chan int
}

func main() {
	n := 10000000
	c := make(chan msg, 1024)
	t := time.Now()
	go func() {
		s := 0
		for m := range c {
			if m.resp != nil {
				m.resp <- s
				return
			}
			s += m.k
		}
	}()
	res := make(chan int)
	go func() {
		for i := 0; i < n; i++ {
			c <- msg{1, nil}
		}
		r := make(chan int, 1)
		c <- msg{0, r}
		res <- <-r
	}()
	if <-res != n {
		panic("bad")
	}
	spent := time.Since(t)
	fmt.Println("check", n)
	fmt.Println(n, spent.Nanoseconds())
}
