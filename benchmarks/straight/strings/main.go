// One string of 5,000,000 numbered pieces.
package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func main() {
	n := 5000000
	start := time.Now()
	var made strings.Builder
	for i := 0; i < n; i++ {
		made.WriteString("item ")
		made.WriteString(strconv.Itoa(i))
		made.WriteString(",")
	}
	text := made.String()
	spent := time.Since(start)
	fmt.Println("check", len(text))
	fmt.Println(n, spent.Nanoseconds())
}
