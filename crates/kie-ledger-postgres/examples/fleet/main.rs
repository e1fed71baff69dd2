//! A service on several machines: each receives callbacks, orders songs and saves songs. They share one account of the
//! service, one rate limit and one ledger in PostgreSQL. Here each machine is a process, and one is killed in the middle. The
//! simulator takes the place of the service.
//!
//! ```sh
//! KIE_LEDGER=postgres://user:password@localhost/name cargo run -p kie-ledger-postgres --example fleet
//! ```
//!
//! `fleet machine` is one machine alone, which can also use the real service. `machine.rs` has its settings.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod balancer;
mod fleet;
mod machine;

use std::{env, fs, process, time::Duration};

use kie_sandbox::{Sandbox, Speed};
use tokio::time::{sleep, timeout};

use self::{balancer::Balancer, fleet::Fleet};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const MACHINES: usize = 3;
const SONGS: usize = 12;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    if env::args().nth(1).as_deref() == Some("machine") {
        return machine::run().await;
    }
    if env::var_os("KIE_LEDGER").is_none() {
        println!("set KIE_LEDGER to the address of a database, such as postgres://user:password@localhost/name");
        return Ok(());
    }
    let sandbox = Sandbox::builder().speed(Speed::Fast).build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await?;
    let balancer = Balancer::start().await?;
    let folder = env::temp_dir().join(format!("kie-fleet-{}", process::id()));
    let settings = vec![
        ("KIE_API_KEY", "any".into()),
        ("KIE_BASE_URL", service.base_url().into()),
        ("FLEET_CALLBACKS", balancer.url().into()),
        ("FLEET_FOLDER", folder.clone().into()),
        ("FLEET_PATIENCE_MS", "8000".into()),
        ("FLEET_PAUSE_MS", "500".into()),
    ];

    let mut fleet = Fleet::start(env::current_exe()?, MACHINES, settings, &balancer).await?;
    for number in 0..SONGS {
        // A name is paid for once, so each run uses other names.
        fleet.order(number % MACHINES, format!("order {}-{number}", process::id())).await?;
    }
    sleep(Duration::from_millis(100)).await;
    println!("a machine is killed, and another one takes over its orders");
    fleet.replace(0).await?;

    let is_song = |file: &fs::DirEntry| file.path().extension().is_some_and(|extension| extension == "mp3");
    let files = || fs::read_dir(&folder).map_or(0, |files| files.flatten().filter(is_song).count());
    let working = async {
        while fleet.complete().len() < SONGS || files() < 2 * SONGS {
            sleep(Duration::from_millis(100)).await;
        }
    };
    // The other machines can save what the killed machine was saving after 60 seconds.
    let is_late = timeout(Duration::from_secs(110), working).await.is_err();
    let (complete, files, paid) = (fleet.complete().len(), files(), sandbox.tasks().len());
    println!("{complete} of {SONGS} songs are complete and have {files} files, and {paid} songs were paid for");
    fleet.stop().await?;
    fs::remove_dir_all(&folder)?;
    if is_late || paid != SONGS { Err("each song should be saved, and paid for once".into()) } else { Ok(()) }
}
