// A task answers requests, each with a one-shot reply channel.
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

async fn run() -> (Instant, u64, u64) {
    let n: u64 = 2_000_000;
    let operations = n;
    let (server, mut requests) = mpsc::unbounded_channel::<(u64, oneshot::Sender<u64>)>();
    tokio::spawn(async move {
        while let Some((value, reply)) = requests.recv().await {
            let _ = reply.send(value + 1);
        }
    });
    let start = Instant::now();
    let client = tokio::spawn(async move {
        let mut value = 0;
        for _ in 0..n {
            let (reply, answer) = oneshot::channel();
            let _ = server.send((value, reply));
            value = answer.await.unwrap();
        }
        value
    });
    let value = client.await.unwrap();
    (start, operations, value)
}

fn main() {
    benchmarks::measure(run());
}
