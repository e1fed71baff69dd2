//! Downloads one large file from the server to a disk in memory.

use std::{fs, path::Path, time::Instant};

use anyhow::{Context as _, ensure};
use kie_suno::records::{Music, Track};

use crate::{canned, contenders, print_number, runtime};

pub(crate) fn run(kind: &str, address: &str) -> anyhow::Result<()> {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = place.join(format!("kie-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let outcome = saved(kind, address, &folder);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn saved(kind: &str, address: &str, folder: &Path) -> anyhow::Result<()> {
    let runtime = runtime()?;
    runtime.block_on(async {
        match kind {
            "facade" => {
                let client = contenders::facade(address)?;
                let task = client.task::<Music>(canned::TASK);
                task.fetch().await?;
                let link = format!(r#"{{"id":"1","title":"large","audioUrl":"http://{address}/file.mp3"}}"#);
                let tracks = vec![serde_json::from_str::<Track>(&link)?];
                let before = Before::now()?;
                let files = task.save(&tracks, folder).await?;
                before.print_results()?;
                ensure!(files.iter().map(|file| file.bytes).sum::<u64>() == canned::FILE, "the file is not whole");
            }
            #[cfg(feature = "full")]
            "reqwest" => {
                use tokio::io::AsyncWriteExt as _;
                let client = reqwest::Client::builder().no_proxy().build()?;
                client.get(format!("http://{address}/stats")).send().await?.text().await?;
                let before = Before::now()?;
                let mut response = client.get(format!("http://{address}/file.mp3")).send().await?;
                let path = folder.join("large.mp3");
                let mut file = tokio::fs::File::create(&path).await?;
                while let Some(piece) = response.chunk().await? {
                    file.write_all(&piece).await?;
                }
                file.flush().await?;
                // The SDK reports a file as saved only after it has synced the file to the disk. So this client, which
                // is compared with the SDK, syncs the file too.
                file.sync_all().await?;
                before.print_results()?;
                ensure!(fs::metadata(path)?.len() == canned::FILE, "the file is not whole");
            }
            other => anyhow::bail!("no client for downloads is named {other}"),
        }
        Ok(())
    })
}

/// State of this process before the download.
struct Before {
    /// Memory in use, in KiB.
    resident: f64,
    processor: [f64; 2],
    begin: Instant,
}

impl Before {
    fn now() -> anyhow::Result<Self> {
        Ok(Self { resident: resident("VmRSS")?, processor: processor()?, begin: Instant::now() })
    }

    fn print_results(&self) -> anyhow::Result<()> {
        print_number("seconds", self.begin.elapsed().as_secs_f64());
        let [user, kernel] = processor()?;
        print_number("user", user - self.processor[0]);
        print_number("kernel", kernel - self.processor[1]);
        print_number("mib", (resident("VmHWM")? - self.resident) / 1024.0);
        Ok(())
    }
}

/// Returns two processor times of this process so far, in seconds, over all its threads: the time in the code of the
/// program, and the time in the kernel for the program. Linux counts these times in hundredths of a second.
fn processor() -> anyhow::Result<[f64; 2]> {
    let stat = fs::read_to_string("/proc/self/stat").context("/proc/self/stat does not tell the processor time")?;
    // The second field is the name of the program in parentheses, and may contain spaces. The times are the fields 14
    // and 15.
    let (_, fields) = stat.rsplit_once(") ").context("/proc/self/stat has no name")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let seconds = |field: usize| anyhow::Ok(fields.get(field - 3).copied().unwrap_or_default().parse::<f64>()? / 100.0);
    Ok([seconds(14)?, seconds(15)?])
}

/// Returns the number in the line `what` of `/proc/self/status`, in KiB. `VmRSS` is the memory that this process uses
/// now, and `VmHWM` is the maximum so far.
fn resident(what: &str) -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status").context("/proc/self/status does not tell the memory")?;
    let line =
        status.lines().find(|line| line.starts_with(what)).context("/proc/self/status does not tell the memory")?;
    Ok(line.split_whitespace().nth(1).unwrap_or_default().parse()?)
}
