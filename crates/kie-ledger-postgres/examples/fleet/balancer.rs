//! A load balancer: one address for the receivers of all machines. It stands for the one that a service has already.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Passes each connection to the next machine that accepts it.
pub(crate) struct Balancer {
    address: SocketAddr,
    machines: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Balancer {
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let balancer = Self { address: listener.local_addr()?, machines: Arc::default() };
        let machines = Arc::clone(&balancer.machines);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let order = {
                    let mut machines = machines.lock().unwrap_or_else(PoisonError::into_inner);
                    let order = machines.clone();
                    if !machines.is_empty() {
                        machines.rotate_left(1);
                    }
                    order
                };
                tokio::spawn(pass_on(connection, order));
            }
        });
        Ok(balancer)
    }

    /// Returns the address at which the machines receive callbacks.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/kie", self.address)
    }

    pub(crate) fn add(&self, machine: SocketAddr) {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner).push(machine);
    }

    pub(crate) fn remove(&self, machine: SocketAddr) {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| *known != machine);
    }
}

async fn pass_on(mut connection: TcpStream, machines: Vec<SocketAddr>) {
    for machine in machines {
        if let Ok(mut machine) = TcpStream::connect(machine).await {
            let _ = copy_bidirectional(&mut connection, &mut machine).await;
            return;
        }
    }
}
