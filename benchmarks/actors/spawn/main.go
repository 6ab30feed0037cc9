package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	n := 1000000
	var wg sync.WaitGroup
	wg.Add(n)
	t := time.Now()
	for i := 0; i < n; i++ {
		c := make(chan int, 1)
		go func() {
			<-c
			wg.Done()
		}()
		c <- i
	}
	wg.Wait()
	spent := time.Since(t)
	fmt.Println("check", n)
	fmt.Println(n, spent.Nanoseconds())
}
