/* The outer planets and the sun: 2,000,000 steps of float arithmetic on records in an array. */
#include <math.h>

#include "../clock.h"

enum { COUNT = 5 };

typedef struct body {
    double x, y, z, vx, vy, vz, mass;
} body;

static body planet(double x, double y, double z, double vx, double vy, double vz, double mass) {
    double day = 365.24, sun = 39.47841760435743;
    return (body){x, y, z, vx * day, vy * day, vz * day, mass * sun};
}

static void fill(body *bodies) {
    bodies[0] = planet(0, 0, 0, 0, 0, 0, 1);
    bodies[1] = planet(4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694, 0.00769901118419740425,
                       -0.0000690460016972063023, 0.000954791938424326609);
    bodies[2] = planet(8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411899, 0.00499852801234917238,
                       0.0000230417297573763929, 0.000285885980666130812);
    bodies[3] = planet(12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618, 0.00237847173959480950,
                       -0.0000296589568540237556, 0.0000436624404335156298);
    bodies[4] = planet(15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322, 0.00162824170038242295,
                       -0.0000951592254519715870, 0.0000515138902046611451);
    double px = 0, py = 0, pz = 0;
    for (int i = 0; i < COUNT; i++) {
        px += bodies[i].vx * bodies[i].mass;
        py += bodies[i].vy * bodies[i].mass;
        pz += bodies[i].vz * bodies[i].mass;
    }
    bodies[0].vx = (0.0 - px) / bodies[0].mass;
    bodies[0].vy = (0.0 - py) / bodies[0].mass;
    bodies[0].vz = (0.0 - pz) / bodies[0].mass;
}

static double energy(const body *bodies, int count) {
    double total = 0;
    for (int i = 0; i < count; i++) {
        const body *a = &bodies[i];
        total += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (int j = i + 1; j < count; j++) {
            const body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            total -= a->mass * b->mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return total;
}

static void advance(body *bodies, int count, double step) {
    for (int i = 0; i < count; i++) {
        for (int j = i + 1; j < count; j++) {
            double dx = bodies[i].x - bodies[j].x;
            double dy = bodies[i].y - bodies[j].y;
            double dz = bodies[i].z - bodies[j].z;
            double square = dx * dx + dy * dy + dz * dz;
            double pull = step / (square * sqrt(square));
            double toward = bodies[j].mass * pull, back = bodies[i].mass * pull;
            bodies[i].vx -= dx * toward;
            bodies[i].vy -= dy * toward;
            bodies[i].vz -= dz * toward;
            bodies[j].vx += dx * back;
            bodies[j].vy += dy * back;
            bodies[j].vz += dz * back;
        }
    }
    for (int i = 0; i < count; i++) {
        bodies[i].x += step * bodies[i].vx;
        bodies[i].y += step * bodies[i].vy;
        bodies[i].z += step * bodies[i].vz;
    }
}

int main(void) {
    int64_t n = 2000000;
    body bodies[COUNT];
    fill(bodies);
    int64_t start = now();
    for (int64_t i = 0; i < n; i++) advance(bodies, COUNT, 0.01);
    int64_t spent = now() - start;
    printf("check %" PRId64 "\n", (int64_t)(energy(bodies, COUNT) * 1000000000.0));
    report(n, spent);
    return 0;
}
