//! The server for clients with TLS. It gives the same answers as the server without TLS.

use std::{convert::Infallible, fs, sync::Arc};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

use super::certificates::Certificates;
use crate::{
    canned,
    server::{self, Accept, Answers},
};

/// Listens on three ports: without TLS, with TLS and HTTP/1.1, and with TLS and HTTP/2. Writes the certificate of its
/// authority to the file `pem`.
pub(crate) fn serve(pem: &str) -> anyhow::Result<()> {
    let certificates = Certificates::new()?;
    fs::write(pem, certificates.authority())?;
    let answers = Answers::new();
    let plain = answers.clone();
    server::listen(vec![
        Box::new(move |stream| plain.clone().accept(stream)),
        http1(certificates.config(&["http/1.1"])?, answers.clone()),
        http2(certificates.config(&["h2"])?, answers),
    ])
}

fn http1(config: Arc<ServerConfig>, answers: Arc<Answers>) -> Accept {
    let acceptor = TlsAcceptor::from(config);
    Box::new(move |stream| {
        let (accepting, answers) = (acceptor.accept(stream), answers.clone());
        tokio::spawn(async move {
            let stream = accepting.await?;
            answers.count_handshake();
            server::talk(stream, answers).await
        });
    })
}

fn http2(config: Arc<ServerConfig>, answers: Arc<Answers>) -> Accept {
    let acceptor = TlsAcceptor::from(config);
    let finished = Bytes::from(canned::record("SUCCESS"));
    Box::new(move |stream| {
        let (accepting, answers, finished) = (acceptor.accept(stream), answers.clone(), finished.clone());
        tokio::spawn(async move {
            let stream = accepting.await?;
            answers.count_handshake();
            let answer = service_fn(|request| answer(request, finished.clone()));
            let connection = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer);
            anyhow::Ok(connection.await?)
        });
    })
}

async fn answer(request: Request<Incoming>, finished: Bytes) -> Result<Response<Full<Bytes>>, Infallible> {
    let is_submit = request.method() == Method::POST;
    // Only a request that was read to its end is answered, as without TLS.
    let _read = request.into_body().collect().await;
    let body = if is_submit { Bytes::from_static(canned::STARTED.as_bytes()) } else { finished };
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
