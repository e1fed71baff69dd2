//! TLS for connections to the database.

use std::sync::Arc;

use kie_ledger::LedgerError;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Returns the certificates of a PEM document.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, LedgerError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(LedgerError::new("the PEM document has no certificate")),
        Err(error) => Err(LedgerError::new("the root certificates are not PEM").with_source(error)),
    }
}

/// Returns the connector for TLS. It trusts the certificates of the platform and `added`.
///
/// A machine without certificates of its own can still connect without TLS, if `mode` permits that.
pub(super) fn connector(mode: SslMode, added: Vec<CertificateDer<'static>>) -> Result<MakeRustlsConnect, LedgerError> {
    let failed = |error: rustls::Error| LedgerError::new("TLS cannot be used on this machine").with_source(error);
    let provider = provider()?;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().map_err(failed)?;
    let verifier = match mode {
        SslMode::Disable => None,
        SslMode::Require => Some(verifier(added.clone(), provider).map_err(failed)?),
        _ => verifier(added.clone(), provider).ok(),
    };
    let config = match verifier {
        Some(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
        None => {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(added);
            builder.with_root_certificates(roots)
        }
    };
    Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
}

#[cfg(not(target_os = "android"))]
fn verifier(added: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(added, provider)
}

#[cfg(target_os = "android")]
fn verifier(added: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
    if !added.is_empty() {
        return Err(rustls::Error::General("root certificates cannot be added on Android".into()));
    }
    Verifier::new(provider)
}

/// Returns the provider of cryptography. It is passed to rustls explicitly, and never installed for the whole process.
fn provider() -> Result<Arc<CryptoProvider>, LedgerError> {
    #[cfg(feature = "aws-lc-rs")]
    return Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    return Ok(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
    return Err(LedgerError::new("kie-ledger-postgres was built without one of its features ring and aws-lc-rs"));
}
