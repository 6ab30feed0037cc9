// A hundred tasks send to one through a bounded channel.
use std::time::Instant;
use tokio::sync::mpsc;

async fn run() {
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
    let spent = start.elapsed();
    println!("check {value}");
    println!("{operations} {}", spent.as_nanos());
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async { tokio::spawn(run()).await.unwrap() });
}
