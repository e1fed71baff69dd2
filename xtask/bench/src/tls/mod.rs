//! Measures calls over TLS, with HTTP/1.1 and with HTTP/2.

mod certificates;
pub(crate) mod nginx;
pub(crate) mod server;

use std::{fs, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::{
    calls::stats,
    contenders::{Contender, Workload},
    print_number, rates, runtime,
};

/// Number of calls that are made at the same time.
const BURST: usize = 64;

/// Prints numbers of TLS handshakes. The array has three addresses of the server: without TLS, for its statistics; with
/// TLS and HTTP/1.1; and with TLS and HTTP/2.
pub(crate) fn counts(pem: &str, [plain, http1, http2]: [&str; 3]) -> anyhow::Result<()> {
    let pem = fs::read_to_string(pem)?;
    let runtime = runtime()?;
    let handshakes = || stats(plain).map(|[.., handshakes]| handshakes);
    let print = |name: &str, calls: &dyn Fn() -> anyhow::Result<()>| {
        let before = handshakes()?;
        calls()?;
        print_number(name, handshakes()? - before);
        anyhow::Ok(())
    };
    print("1,000", &|| {
        let caller = Contender::secure(http1, &pem)?;
        runtime.block_on(async {
            for input in Workload::Post.inputs(500).into_iter().chain(Workload::Get.inputs(500)) {
                caller.call(input).await?;
            }
            Ok(())
        })
    })?;
    print("bursts", &|| {
        let caller = Contender::secure(http1, &pem)?;
        (0..2).try_for_each(|_| runtime.block_on(burst(&caller)))
    })?;
    print("http2", &|| runtime.block_on(burst(&Contender::secure(http2, &pem)?)))
}

async fn burst(caller: &Contender) -> anyhow::Result<()> {
    let mut calls = JoinSet::new();
    for input in Workload::Get.inputs(BURST) {
        let caller = caller.clone();
        calls.spawn(async move { caller.call(input).await });
    }
    while let Some(done) = calls.join_next().await {
        done??;
    }
    Ok(())
}

/// Compares calls with TLS to calls without, and calls with HTTP/2 to calls with HTTP/1.1.
pub(crate) fn rates(rounds: usize, pem: &str, [plain, http1, http2]: [&str; 3]) -> anyhow::Result<()> {
    let pem = fs::read_to_string(pem)?;
    let runtime = runtime()?;
    let callers = [
        ("plain", runtime.block_on(Contender::new("facade", plain))?),
        ("tls", Contender::secure(http1, &pem)?),
        ("http2", Contender::secure(http2, &pem)?),
    ];
    rates::compare(&runtime, &callers, &[("tls", "plain"), ("http2", "tls")], rounds)
}

/// Returns a connector that trusts the certificate in the file `pem`.
pub(crate) fn connector(pem: &str) -> anyhow::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pem)?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
