//! nginx as a reverse proxy, which ends TLS in front of the servers that receive callbacks.

use std::{
    env, fs,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::bail;

use super::certificates::Certificates;

/// An nginx process with its own folder. Dropping this value stops nginx and removes the folder.
pub(crate) struct Nginx {
    folder: PathBuf,
    process: Option<Child>,
    /// Addresses of nginx, in the order of the servers behind it.
    pub(crate) addresses: Vec<String>,
}

impl Nginx {
    /// Starts nginx in front of the servers at these addresses. Returns `None` if nginx is not installed.
    pub(crate) fn start(servers: &[String]) -> anyhow::Result<Option<Self>> {
        // Debian installs nginx in a folder that is not in the search path of every user.
        let Some(program) = ["nginx", "/usr/sbin/nginx"].into_iter().find(|program| is_installed(program)) else {
            return Ok(None);
        };
        let folder = env::temp_dir().join(format!("kie-bench-nginx-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let mut nginx = Self { folder, process: None, addresses: Vec::new() };
        let certificates = Certificates::new()?;
        let [certificate, key] = certificates.server();
        fs::write(nginx.authority(), certificates.authority())?;
        fs::write(nginx.folder.join("certificate.pem"), certificate)?;
        fs::write(nginx.folder.join("key.pem"), key)?;
        // The listeners are dropped before nginx listens. They are dropped together, so that the ports differ.
        let listeners: Vec<_> =
            servers.iter().map(|_| TcpListener::bind(("127.0.0.1", 0))).collect::<Result<_, _>>()?;
        for listener in listeners {
            nginx.addresses.push(listener.local_addr()?.to_string());
        }
        fs::write(nginx.folder.join("nginx.conf"), config(&nginx.addresses, servers))?;
        let mut command = Command::new(program);
        command.arg("-p").arg(&nginx.folder).args(["-c", "nginx.conf", "-e", "error.log"]).stdin(Stdio::null());
        nginx.process = Some(command.spawn()?);
        nginx.wait_until_ready()?;
        Ok(Some(nginx))
    }

    /// Returns the path of the PEM document with the certificate of the authority.
    pub(crate) fn authority(&self) -> String {
        self.folder.join("authority.pem").display().to_string()
    }

    fn wait_until_ready(&self) -> anyhow::Result<()> {
        let end = Instant::now() + Duration::from_secs(10);
        for address in &self.addresses {
            while TcpStream::connect(address).is_err() {
                if Instant::now() > end {
                    let log = fs::read_to_string(self.folder.join("error.log")).unwrap_or_default();
                    bail!("nginx does not listen:\n{log}");
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Returns the configuration of one nginx process without workers, so that killing the process ends nginx. Connections
/// on both sides are kept for many requests.
fn config(addresses: &[String], servers: &[String]) -> String {
    let mut hosts = String::new();
    for (index, (address, server)) in addresses.iter().zip(servers).enumerate() {
        hosts += &format!(
            "
    upstream receiver{index} {{
        server {server};
        keepalive 64;
        keepalive_requests 10000000;
    }}
    server {{
        listen {address} ssl;
        location / {{
            proxy_pass http://receiver{index};
        }}
    }}
"
        );
    }
    format!(
        "daemon off;
master_process off;
pid nginx.pid;
events {{
    worker_connections 1024;
}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    keepalive_requests 10000000;
    proxy_http_version 1.1;
    proxy_set_header Connection \"\";
    ssl_certificate certificate.pem;
    ssl_certificate_key key.pem;
{hosts}}}
"
    )
}
