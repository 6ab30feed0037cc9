// One task sends numbers to another through a bounded channel, then asks for the sum.
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

async fn run() -> (Instant, u64, u64) {
    let n: u64 = 10_000_000;
    let operations = n;
    enum Message {
        Add(u64),
        Total(oneshot::Sender<u64>),
    }
    let (counter, mut messages) = mpsc::channel::<Message>(1024);
    let start = Instant::now();
    tokio::spawn(async move {
        let mut sum = 0;
        while let Some(message) = messages.recv().await {
            match message {
                Message::Add(k) => sum += k,
                Message::Total(reply) => {
                    let _ = reply.send(sum);
                }
            }
        }
    });
    let producer = tokio::spawn(async move {
        for _ in 0..n {
            let _ = counter.send(Message::Add(1)).await;
        }
        let (reply, answer) = oneshot::channel();
        let _ = counter.send(Message::Total(reply)).await;
        answer.await.unwrap()
    });
    let value = producer.await.unwrap();
    (start, operations, value)
}

fn main() {
    benchmarks::measure(run());
}
