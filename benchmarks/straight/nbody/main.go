// The outer planets and the sun: 2,000,000 steps of float arithmetic on records in a slice.
package main

import (
	"fmt"
	"math"
	"time"
)

type body struct{ x, y, z, vx, vy, vz, mass float64 }

func planet(x, y, z, vx, vy, vz, mass float64) body {
	day, sun := 365.24, 39.47841760435743
	return body{x, y, z, vx * day, vy * day, vz * day, mass * sun}
}

func system() []body {
	bodies := []body{
		planet(0, 0, 0, 0, 0, 0, 1),
		planet(4.84143144246472090, -1.16032004402742839, -0.103622044471123109,
			0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
		planet(8.34336671824457987, 4.12479856412430479, -0.403523417114321381,
			-0.00276742510726411899, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
		planet(12.8943695621391310, -15.1111514016986312, -0.223307578892655734,
			0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
		planet(15.3796971148509165, -25.9193146099879641, 0.179258772950371181,
			0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451),
	}
	px, py, pz := 0.0, 0.0, 0.0
	for _, b := range bodies {
		px += b.vx * b.mass
		py += b.vy * b.mass
		pz += b.vz * b.mass
	}
	bodies[0].vx = (0.0 - px) / bodies[0].mass
	bodies[0].vy = (0.0 - py) / bodies[0].mass
	bodies[0].vz = (0.0 - pz) / bodies[0].mass
	return bodies
}

func energy(bodies []body) float64 {
	total := 0.0
	for i := range bodies {
		a := &bodies[i]
		total += 0.5 * a.mass * (a.vx*a.vx + a.vy*a.vy + a.vz*a.vz)
		for j := i + 1; j < len(bodies); j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			total -= a.mass * b.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return total
}

func advance(bodies []body, step float64) {
	for i := range bodies {
		a := &bodies[i]
		for j := i + 1; j < len(bodies); j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			square := dx*dx + dy*dy + dz*dz
			pull := step / (square * math.Sqrt(square))
			toward, back := b.mass*pull, a.mass*pull
			a.vx -= dx * toward
			a.vy -= dy * toward
			a.vz -= dz * toward
			b.vx += dx * back
			b.vy += dy * back
			b.vz += dz * back
		}
	}
	for i := range bodies {
		a := &bodies[i]
		a.x += step * a.vx
		a.y += step * a.vy
		a.z += step * a.vz
	}
}

func main() {
	n := 2000000
	bodies := system()
	start := time.Now()
	for i := 0; i < n; i++ {
		advance(bodies, 0.01)
	}
	spent := time.Since(start)
	fmt.Println("check", int64(energy(bodies)*1000000000.0))
	fmt.Println(n, spent.Nanoseconds())
}
