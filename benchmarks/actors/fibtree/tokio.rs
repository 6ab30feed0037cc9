// The Fibonacci tree with a task and a channel for every call.
use std::time::Instant;
use tokio::sync::mpsc;

async fn run() -> (Instant, u64, u64) {
    let n: u64 = 24;
    fn calls(n: u64) -> u64 {
        let (mut a, mut b) = (1, 1);
        for _ in 1..n {
            (a, b) = (b, a + b + 1);
        }
        b
    }
    fn fib(n: u64, parent: mpsc::UnboundedSender<u64>) {
        tokio::spawn(async move {
            if n < 2 {
                let _ = parent.send(n);
                return;
            }
            let (own, mut results) = mpsc::unbounded_channel();
            fib(n - 1, own.clone());
            fib(n - 2, own);
            let sum = results.recv().await.unwrap() + results.recv().await.unwrap();
            let _ = parent.send(sum);
        });
    }
    let operations = calls(n);
    let start = Instant::now();
    let (root, mut result) = mpsc::unbounded_channel();
    fib(n, root);
    let value = result.recv().await.unwrap();
    (start, operations, value)
}

fn main() {
    benchmarks::measure(run());
}
