//! Making a connection: TCP, then TLS if the address asks for it, within one time limit.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::{net::TcpStream, time::timeout};
use tower_service::Service;

use crate::error::{Error, ErrorKind};

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    /// Made at the first https address: reading the certificate store takes a while, and a machine without one can
    /// still talk to itself.
    tls: Arc<OnceLock<Result<HttpsConnector<HttpConnector>, String>>>,
    limit: Duration,
}

impl Connector {
    pub(crate) fn new(tcp: HttpConnector, limit: Duration) -> Self {
        Self { tcp, tls: Arc::default(), limit }
    }

    fn tls(&self) -> Result<HttpsConnector<HttpConnector>, Error> {
        let made = self.tls.get_or_init(|| match trusting_config() {
            Ok(config) => Ok(HttpsConnector::from((self.tcp.clone(), config))),
            Err(error) => Err(error.to_string()),
        });
        made.clone().map_err(|cause| {
            Error::new(ErrorKind::Setup, "this machine's certificate store cannot be used").with_source(cause)
        })
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Failure>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let limit = self.limit;
        let connecting: Self::Future = if uri.scheme_str() == Some("https") {
            match self.tls() {
                Ok(mut tls) => tls.call(uri),
                Err(error) => return Box::pin(async { Err(error.into()) }),
            }
        } else {
            let connecting = self.tcp.call(uri);
            Box::pin(async { Ok(MaybeHttpsStream::Http(connecting.await?)) })
        };
        Box::pin(async move {
            match timeout(limit, connecting).await {
                Ok(connected) => connected,
                Err(_) => Err(Error::new(ErrorKind::Connect, "the connection took too long").into()),
            }
        })
    }
}

/// The platform's trust; with the feature `webpki-roots`, Mozilla's where the platform has none.
fn trusting_config() -> Result<ClientConfig, rustls::Error> {
    let builder = || {
        // The provider is named here and never installed for the process, which belongs to the application.
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions()
    };
    match builder()?.with_platform_verifier() {
        Ok(trusting) => Ok(trusting.with_no_client_auth()),
        #[cfg(feature = "webpki-roots")]
        Err(_) => {
            let roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            Ok(builder()?.with_root_certificates(roots).with_no_client_auth())
        }
        #[cfg(not(feature = "webpki-roots"))]
        Err(error) => Err(error),
    }
}
