//! The processes of the fleet, one for each machine, and the job queue from which they get their orders.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    io,
    net::SocketAddr,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, Command},
};

use super::balancer::Balancer;

/// The processes of the fleet. They are killed when this value is dropped.
pub(crate) struct Fleet<'a> {
    program: PathBuf,
    settings: Vec<(&'static str, OsString)>,
    balancer: &'a Balancer,
    machines: Vec<Machine>,
    complete: Arc<Mutex<BTreeSet<String>>>,
}

struct Machine {
    process: Child,
    input: ChildStdin,
    address: SocketAddr,
    orders: Vec<String>,
}

impl<'a> Fleet<'a> {
    /// Starts this number of machines. `program` is this example, and `settings` are variables of the environment.
    pub(crate) async fn start(
        program: PathBuf,
        machines: usize,
        settings: Vec<(&'static str, OsString)>,
        balancer: &'a Balancer,
    ) -> io::Result<Self> {
        let mut fleet = Self { program, settings, balancer, machines: Vec::new(), complete: Arc::default() };
        for _ in 0..machines {
            let machine = fleet.launch().await?;
            fleet.machines.push(machine);
        }
        Ok(fleet)
    }

    /// Gives an order to a machine.
    pub(crate) async fn order(&mut self, machine: usize, name: String) -> io::Result<()> {
        let machine = self.machines.get_mut(machine).ok_or_else(|| io::Error::other("there is no such machine"))?;
        machine.input.write_all(format!("{name}\n").as_bytes()).await?;
        machine.orders.push(name);
        Ok(())
    }

    /// Kills a machine, and starts another one with its orders that are not complete.
    pub(crate) async fn replace(&mut self, machine: usize) -> io::Result<()> {
        let dead = self.machines.get_mut(machine).ok_or_else(|| io::Error::other("there is no such machine"))?;
        dead.process.kill().await?;
        self.balancer.remove(dead.address);
        let orders = std::mem::take(&mut dead.orders);
        let next = self.launch().await?;
        if let Some(dead) = self.machines.get_mut(machine) {
            *dead = next;
        }
        for name in orders {
            if !self.complete().contains(&name) {
                self.order(machine, name).await?;
            }
        }
        Ok(())
    }

    /// Stops all machines.
    pub(crate) async fn stop(self) -> io::Result<()> {
        for mut machine in self.machines {
            drop(machine.input);
            machine.process.wait().await?;
        }
        Ok(())
    }

    /// Returns the names of the orders whose songs are complete.
    pub(crate) fn complete(&self) -> BTreeSet<String> {
        self.complete.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn launch(&self) -> io::Result<Machine> {
        let mut command = Command::new(&self.program);
        command.arg("machine").envs(self.settings.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn()?;
        let input = process.stdin.take().ok_or_else(|| io::Error::other("a machine has no standard input"))?;
        let mut lines =
            BufReader::new(process.stdout.take().ok_or_else(|| io::Error::other("a machine has no standard output"))?)
                .lines();
        let address = lines
            .next_line()
            .await?
            .ok_or_else(|| io::Error::other("a machine did not start"))?
            .parse()
            .map_err(io::Error::other)?;
        self.balancer.add(address);
        let complete = Arc::clone(&self.complete);
        tokio::spawn(async move {
            while let Ok(Some(name)) = lines.next_line().await {
                complete.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
            }
        });
        Ok(Machine { process, input, address, orders: Vec::new() })
    }
}
