// Spectral norm of an infinite matrix cut at 2,000: float division and walks over vectors.
package main

import (
	"fmt"
	"math"
	"time"
)

func entry(i, j int) float64 { return 1.0 / float64((i+j)*(i+j+1)/2+i+1) }

func times(source, target []float64) {
	for i := range target {
		sum := 0.0
		for j := range source {
			sum += entry(i, j) * source[j]
		}
		target[i] = sum
	}
}

func timesTransposed(source, target []float64) {
	for i := range target {
		sum := 0.0
		for j := range source {
			sum += entry(j, i) * source[j]
		}
		target[i] = sum
	}
}

func main() {
	n := 2000
	u, w, between := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range u {
		u[i] = 1
	}
	start := time.Now()
	for k := 0; k < 10; k++ {
		times(u, between)
		timesTransposed(between, w)
		times(w, between)
		timesTransposed(between, u)
	}
	across, square := 0.0, 0.0
	for i := range u {
		across += u[i] * w[i]
		square += w[i] * w[i]
	}
	spent := time.Since(start)
	fmt.Println("check", int64(math.Sqrt(across/square)*1000000000.0))
	fmt.Println(40*n*n, spent.Nanoseconds())
}
