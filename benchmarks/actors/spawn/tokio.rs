// A task with a channel is made, gets one message, reports and ends.
use std::time::Instant;
use tokio::sync::mpsc;

async fn run() -> (Instant, u64, u64) {
    let n: u64 = 1_000_000;
    let operations = n;
    let (report, mut reports) = mpsc::channel::<u64>(1024);
    let start = Instant::now();
    let tally = tokio::spawn(async move {
        let mut seen = 0;
        while seen < n && reports.recv().await.is_some() {
            seen += 1;
        }
        seen
    });
    for k in 0..n {
        let (sender, mut receiver) = mpsc::unbounded_channel::<u64>();
        let report = report.clone();
        tokio::spawn(async move {
            if let Some(k) = receiver.recv().await {
                let _ = report.send(k).await;
            }
        });
        let _ = sender.send(k);
    }
    let value = tally.await.unwrap();
    (start, operations, value)
}

fn main() {
    benchmarks::measure(run());
}
