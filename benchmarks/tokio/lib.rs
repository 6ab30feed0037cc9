// What every program has in common: two workers, and the two lines that the runner reads.
use std::future::Future;
use std::time::Instant;

/// Runs a benchmark that gives its start, the number of its operations and a value to check.
pub fn measure(run: impl Future<Output = (Instant, u64, u64)> + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let (spent, operations, value) = runtime.block_on(async {
        tokio::spawn(async {
            let (start, operations, value) = run.await;
            (start.elapsed(), operations, value)
        })
        .await
        .unwrap()
    });
    println!("check {value}");
    println!("{operations} {}", spent.as_nanos());
}
