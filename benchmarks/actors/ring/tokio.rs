// A token goes round 503 tasks.
use std::time::Instant;
use tokio::sync::mpsc;

async fn run() -> (Instant, u64, u64) {
    let n: u64 = 5_000_000;
    let operations = n;
    const LENGTH: usize = 503;
    let (done, mut result) = mpsc::unbounded_channel::<u64>();
    let (mut senders, mut receivers) = (Vec::new(), Vec::new());
    for _ in 0..LENGTH {
        let (sender, receiver) = mpsc::unbounded_channel::<u64>();
        senders.push(sender);
        receivers.push(receiver);
    }
    for (at, mut receiver) in receivers.into_iter().enumerate() {
        let next = senders[(at + 1) % LENGTH].clone();
        let done = done.clone();
        tokio::spawn(async move {
            while let Some(left) = receiver.recv().await {
                let _ = if left == 0 { done.send(0) } else { next.send(left - 1) };
            }
        });
    }
    let start = Instant::now();
    let _ = senders[0].send(n);
    let value = result.recv().await.unwrap();
    (start, operations, value)
}

fn main() {
    benchmarks::measure(run());
}
