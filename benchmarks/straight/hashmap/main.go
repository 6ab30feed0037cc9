// 5,000,000 pseudo-random integers into a map, then every one looked up.
package main

import (
	"fmt"
	"time"
)

func next(x uint64) uint64 {
	x ^= x << 13
	x ^= x >> 7
	return x ^ x<<17
}

func main() {
	n := int64(5000000)
	seed := uint64(88172645463325252)
	start := time.Now()
	places := map[int64]int64{}
	x := seed
	for i := int64(0); i < n; i++ {
		x = next(x)
		places[int64(x>>1)] = i
	}
	x = seed
	sum := int64(0)
	for i := int64(0); i < n; i++ {
		x = next(x)
		if place, ok := places[int64(x>>1)]; ok {
			sum += place
		}
	}
	spent := time.Since(start)
	fmt.Println("check", sum, len(places))
	fmt.Println(2*n, spent.Nanoseconds())
}
