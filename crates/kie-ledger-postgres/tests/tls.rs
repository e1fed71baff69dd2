//! TLS to the database.

use std::{error::Error as _, time::Duration};

use kie_ledger::LedgerError;
use kie_ledger_postgres::PostgresLedger;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use crate::setup::{Cluster, fresh_schema, local, paid_call};

const NOT_TRUSTED: &str = "the certificate of the database is not trusted, or a secure connection is not possible";

/// A certificate authority that signs certificates of databases.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "authority of the tests");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Returns a certificate for a host, and its key.
    fn sign(&self, host: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([host.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

async fn connect(
    cluster: &Cluster,
    host: &str,
    mode: &str,
    roots: Option<&Authority>,
) -> Result<PostgresLedger, LedgerError> {
    let url = format!("postgres://kie@{host}:{}/postgres?sslmode={mode}&application_name={mode}", cluster.port());
    let mut builder = PostgresLedger::builder(url).schema(fresh_schema()).timeout(Duration::from_secs(10));
    if let Some(authority) = roots {
        builder = builder.root_certificates(authority.0.pem());
    }
    builder.connect().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_must_be_trusted_and_name_the_host() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (certificate, key) = authority.sign("localhost");
    let files = [("tls.crt", &*certificate), ("tls.key", &*key)];
    let settings = ["ssl=on", "ssl_cert_file=tls.crt", "ssl_key_file=tls.key"];
    let Some(cluster) = Cluster::start_with(&settings, &files) else { return };
    for (mode, is_encrypted) in [("require", 1), ("prefer", 1), ("disable", 0)] {
        let ledger = connect(&cluster, "localhost", mode, Some(&authority)).await.unwrap();
        paid_call(&ledger).await.unwrap();
        let sql = format!(
            "SELECT count(DISTINCT ssl) FILTER (WHERE ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
             WHERE application_name = '{mode}'"
        );
        assert_eq!(cluster.number(&sql).await, is_encrypted, "{mode}");
    }
    for (host, roots, what) in [
        ("localhost", None, "an authority that is not known"),
        ("localhost", Some(&other), "another authority"),
        ("127.0.0.1", Some(&authority), "another host"),
    ] {
        for mode in ["require", "prefer"] {
            let error = connect(&cluster, host, mode, roots).await.unwrap_err();
            assert_eq!(error.to_string(), NOT_TRUSTED, "{what}, {mode}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_tls_is_refused_if_tls_is_required() {
    let Some(cluster) = local() else { return };
    let error = connect(&cluster, "localhost", "require", None).await.unwrap_err();
    let causes = format!("{error}: {}", error.source().unwrap());
    assert!(causes.contains("TLS"), "{causes}");
    assert!(connect(&cluster, "localhost", "prefer", None).await.is_ok());
}
