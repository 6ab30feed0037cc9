// 5,000,000 pseudo-random integers sorted by a quicksort of our own.
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

func quicksort(items []int64, first, last int) {
	low, high := first, last
	pivot := items[low+(high-low)/2]
	for low <= high {
		for items[low] < pivot {
			low++
		}
		for items[high] > pivot {
			high--
		}
		if low <= high {
			items[low], items[high] = items[high], items[low]
			low++
			high--
		}
	}
	if first < high {
		quicksort(items, first, high)
	}
	if low < last {
		quicksort(items, low, last)
	}
}

func main() {
	n := 5000000
	items := []int64{}
	x := uint64(88172645463325252)
	for i := 0; i < n; i++ {
		x = next(x)
		items = append(items, int64(x>>1))
	}
	start := time.Now()
	quicksort(items, 0, n-1)
	spent := time.Since(start)
	mixed := int64(0)
	for i, item := range items {
		mixed = (mixed ^ item) + int64(i)%7 - 3
	}
	fmt.Println("check", mixed)
	fmt.Println(n, spent.Nanoseconds())
}
