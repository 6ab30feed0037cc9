// Product of two 600 by 600 matrices, rows as vectors of their own.
package main

import (
	"fmt"
	"time"
)

func filled(n, seed int) [][]float64 {
	rows := [][]float64{}
	for i := 0; i < n; i++ {
		row := []float64{}
		for j := 0; j < n; j++ {
			row = append(row, float64((i*seed+j*7)%13)-6.0)
		}
		rows = append(rows, row)
	}
	return rows
}

func product(a, b [][]float64, n int) [][]float64 {
	rows := [][]float64{}
	for i := 0; i < n; i++ {
		row := []float64{}
		for j := 0; j < n; j++ {
			sum := 0.0
			for k := 0; k < n; k++ {
				sum += a[i][k] * b[k][j]
			}
			row = append(row, sum)
		}
		rows = append(rows, row)
	}
	return rows
}

func main() {
	n := 600
	a, b := filled(n, 3), filled(n, 5)
	start := time.Now()
	c := product(a, b, n)
	spent := time.Since(start)
	total := 0.0
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			total += c[i][j] * float64((i+j)%3)
		}
	}
	fmt.Println("check", int64(total))
	fmt.Println(n*n*n, spent.Nanoseconds())
}
