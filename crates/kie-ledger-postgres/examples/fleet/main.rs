//! A service on several machines: each receives callbacks, orders songs and saves songs. They share one KIE account, one
//! rate limit and one ledger in PostgreSQL. Here each machine is a process, and one of them is killed in the middle.
//!
//! ```sh
//! KIE_LEDGER=postgres://user:password@localhost/name cargo run -p kie-ledger-postgres --example fleet
//! ```
//!
//! The simulator takes the place of the service, unless both `KIE_API_KEY` and `KIE_CALLBACK_URL` are set. The latter is a
//! public address from which the service reaches port 8787 of this machine. Then each song is paid for. The number of songs is
//! an argument, and 12 by default.

#![allow(clippy::print_stdout)]

mod balancer;
mod fleet;
mod machine;

use std::{env, fs, path::Path, process, time::Duration};

use kie_sandbox::{Sandbox, Speed};
use tokio::time::{sleep, timeout};

use self::{balancer::Balancer, fleet::Fleet};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const MACHINES: usize = 3;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let argument = env::args().nth(1);
    if argument.as_deref() == Some("machine") {
        return machine::run().await;
    }
    if env::var_os("KIE_LEDGER").is_none() {
        println!("set KIE_LEDGER to the address of a database, such as postgres://user:password@localhost/name");
        return Ok(());
    }
    let songs: usize = argument.map_or(Ok(12), |number| number.parse())?;
    let folder = env::temp_dir().join(format!("kie-fleet-{}", process::id()));
    let mut settings = vec![("FLEET_FOLDER", folder.clone().into_os_string())];

    let is_real = env::var_os("KIE_API_KEY").is_some() && env::var_os("KIE_CALLBACK_URL").is_some();
    let balancer = Balancer::start(if is_real { 8787 } else { 0 }).await?;
    let sandbox = Sandbox::builder().speed(Speed::Fast).build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await?;
    if !is_real {
        settings.extend([
            ("KIE_API_KEY", "any".into()),
            ("KIE_BASE_URL", service.base_url().into()),
            ("KIE_CALLBACK_URL", balancer.url().into()),
            ("FLEET_PATIENCE_MS", "8000".into()),
            ("FLEET_PAUSE_MS", "500".into()),
        ]);
    }

    let mut fleet = Fleet::start(env::current_exe()?, MACHINES, settings, &balancer).await?;
    for number in 0..songs {
        // The names of the orders are never used again, so each run makes new songs.
        fleet.order(number % MACHINES, format!("fleet-{}-{number}", process::id())).await?;
    }
    sleep(Duration::from_millis(100)).await;
    println!("a machine is killed, and starts again");
    fleet.restart(0).await?;

    let limit = Duration::from_secs(if is_real { 3_600 } else { 110 });
    let saved =
        || fs::read_dir(&folder).map_or(0, |files| files.flatten().filter(|file| is_song(&file.path())).count());
    let saving = async {
        while fleet.complete().len() < songs || saved() < 2 * songs {
            sleep(Duration::from_millis(100)).await;
        }
    };
    let is_late = timeout(limit, saving).await.is_err();
    println!("{} of {songs} songs are complete, and have {} files", fleet.complete().len(), saved());
    if is_real {
        return Ok(());
    }
    let paid = sandbox.tasks().len();
    println!("{paid} songs were paid for");
    fs::remove_dir_all(&folder)?;
    if is_late || paid != songs { Err("each song should be paid for once, and saved".into()) } else { Ok(()) }
}

fn is_song(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "mp3")
}
