// Two tasks pass a number back and forth.
use std::time::Instant;
use tokio::sync::mpsc;

async fn run() -> (Instant, u64, u64) {
    let n: u64 = 2_000_000;
    let operations = n;
    let (to_pong, mut at_pong) = mpsc::unbounded_channel::<(u64, mpsc::UnboundedSender<u64>)>();
    let (to_ping, mut at_ping) = mpsc::unbounded_channel::<u64>();
    tokio::spawn(async move {
        while let Some((value, back)) = at_pong.recv().await {
            let _ = back.send(value + 1);
        }
    });
    let start = Instant::now();
    let ping = tokio::spawn(async move {
        let mut value = 0;
        for _ in 0..n {
            let _ = to_pong.send((value, to_ping.clone()));
            value = at_ping.recv().await.unwrap();
        }
        value
    });
    let value = ping.await.unwrap();
    (start, operations, value)
}

fn main() {
    benchmarks::measure(run());
}
