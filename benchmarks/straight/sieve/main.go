// Sieve of Eratosthenes up to 50 million, one byte per number.
package main

import (
	"fmt"
	"time"
)

func countPrimes(limit int) int {
	isComposite := make([]bool, limit+1)
	count := 0
	for i := 2; i <= limit; i++ {
		if isComposite[i] {
			continue
		}
		count++
		for j := i * i; j <= limit; j += i {
			isComposite[j] = true
		}
	}
	return count
}

func main() {
	limit := 50000000
	start := time.Now()
	count := countPrimes(limit)
	spent := time.Since(start)
	fmt.Println("check", count)
	fmt.Println(limit, spent.Nanoseconds())
}
