//! Trusted root certificates, and the TLS handshake of a connection.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::error::{ConfigError, Error, ErrorKind};

/// Trusted root certificates: those of the platform, and certificates that the caller added.
#[derive(Clone, Default)]
pub(crate) struct Trust {
    added: Vec<CertificateDer<'static>>,
    /// Connector that does TLS handshakes. It is made for the first https address, because reading the certificate
    /// store takes time, and plain http must work without a store. It is made only once, so that TLS sessions can be
    /// resumed.
    connector: OnceLock<Result<TlsConnector, String>>,
}

impl Trust {
    /// Adds the certificates of a PEM document.
    pub(crate) fn add(&mut self, pem: &[u8]) -> Result<(), ConfigError> {
        let wrong = |rule| ConfigError::new("root_certificates", rule);
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate =
                certificate.map_err(|error| wrong("the root certificates are not PEM").with_source(error))?;
            roots
                .add(certificate.clone())
                .map_err(|error| wrong("a root certificate cannot be used").with_source(error))?;
            self.added.push(certificate);
        }
        if roots.is_empty() {
            return Err(wrong("the PEM document has no certificate"));
        }
        Ok(())
    }

    /// Does the TLS handshake on a stream. `protocols` are the HTTP versions that are offered to the host, in this
    /// order.
    pub(crate) async fn secure<S>(&self, stream: S, host: &str, protocols: &[&str]) -> Result<TlsStream<S>, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let connector = self.connector.get_or_init(|| self.connector()).as_ref().map_err(|cause| {
            Error::new(ErrorKind::Setup, "TLS cannot be used on this machine").with_source(cause.as_str())
        })?;
        let name = server_name(host)?;
        let protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let securing = connector.with_alpn(protocols).connect(name.to_owned(), stream);
        securing.await.map_err(|error| {
            let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
            let (kind, what) = cause.map_or((ErrorKind::Connect, NO_TLS), failure);
            Error::new(kind, what).with_source(error)
        })
    }

    fn connector(&self) -> Result<TlsConnector, String> {
        let config = self.config(provider()?).map_err(|error| error.to_string())?;
        Ok(TlsConnector::from(Arc::new(config)))
    }

    fn config(&self, provider: Arc<CryptoProvider>) -> Result<ClientConfig, rustls::Error> {
        let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
        #[cfg(feature = "webpki-roots")]
        if Verifier::new(provider.clone()).is_err() {
            let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            roots.add_parsable_certificates(self.added.iter().cloned());
            return Ok(builder.with_root_certificates(roots).with_no_client_auth());
        }
        let verifier = self.verifier(provider)?;
        Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
    }

    #[cfg(not(target_os = "android"))]
    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
        Verifier::new_with_extra_roots(self.added.iter().cloned(), provider)
    }

    #[cfg(target_os = "android")]
    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
        if !self.added.is_empty() {
            return Err(rustls::Error::General("root certificates cannot be added on Android".into()));
        }
        Verifier::new(provider)
    }
}

/// Returns the name that the certificate of a host must have. An IPv6 address in `host` is in brackets.
///
/// # Errors
///
/// [`ErrorKind::Setup`] if no host can have this name.
pub(crate) fn server_name(host: &str) -> Result<ServerName<'_>, Error> {
    ServerName::try_from(host.trim_start_matches('[').trim_end_matches(']')).map_err(|error| {
        Error::new(ErrorKind::Setup, "the host of the address is not a valid host name").with_source(error)
    })
}

const NO_TLS: &str = "there is no secure connection to the host";

/// Returns the kind and the text of the error for a failed TLS handshake. A certificate that is not trusted, and a host
/// that has no TLS version or algorithm in common with this client, fail in the same way at the next attempt. So their
/// kind is [`ErrorKind::Setup`]. All other failures can pass.
fn failure(error: &rustls::Error) -> (ErrorKind, &'static str) {
    match error {
        // The service that knows the revoked certificates could not be asked.
        rustls::Error::InvalidCertificate(CertificateError::UnknownRevocationStatus) => (ErrorKind::Connect, NO_TLS),
        rustls::Error::InvalidCertificate(_)
        | rustls::Error::NoCertificatesPresented
        | rustls::Error::UnsupportedNameType => (ErrorKind::Setup, "the certificate of the host is not trusted"),
        rustls::Error::PeerIncompatible(_) | rustls::Error::NoApplicationProtocol => (ErrorKind::Setup, REFUSED),
        rustls::Error::AlertReceived(alert) if is_lasting(*alert) => (ErrorKind::Setup, REFUSED),
        _ => (ErrorKind::Connect, NO_TLS),
    }
}

const REFUSED: &str = "the host and this client cannot agree on a secure connection";

/// Returns `true` for alerts by which a host rejects the protocol version, the host name that the client asked for, or
/// the client's certificate. Other alerts report damaged data or trouble of the host.
fn is_lasting(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity
            | AlertDescription::NoApplicationProtocol
            | AlertDescription::UnrecognisedName
            | AlertDescription::IllegalParameter
            | AlertDescription::MissingExtension
            | AlertDescription::UnsupportedExtension
            | AlertDescription::AccessDenied
            | AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
    )
}

/// Returns the provider of cryptography. The provider is passed to rustls explicitly. It is never installed for the
/// whole process, because the application decides on the provider of the process.
fn provider() -> Result<Arc<CryptoProvider>, String> {
    #[cfg(feature = "aws-lc-rs")]
    return Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    return Ok(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
    return Err("kie-transport was built without one of its features ring and aws-lc-rs".into());
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trust(the platform and {} more)", self.added.len())
    }
}
