// A hundred tasks send to one through a bounded channel.
use std::time::Instant;
use tokio::sync::mpsc;

async fn run() -> (Instant, u64, u64) {
    let n: u64 = 10_000_000;
    let operations = n;
    let (sink, mut messages) = mpsc::channel::<u64>(1024);
    let start = Instant::now();
    let total = tokio::spawn(async move {
        let mut sum = 0;
        while let Some(k) = messages.recv().await {
            sum += k;
        }
        sum
    });
    for _ in 0..100 {
        let sink = sink.clone();
        tokio::spawn(async move {
            for _ in 0..n / 100 {
                let _ = sink.send(1).await;
            }
        });
    }
    drop(sink);
    let value = total.await.unwrap();
    (start, operations, value)
}

fn main() {
    benchmarks::measure(run());
}
