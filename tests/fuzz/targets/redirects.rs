//! Addresses of files, and redirects to other addresses.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use kie_suno::{
    Retry,
    transport::{Body, ErrorKind, Transport, http},
};

use super::printed::is_a_message;

/// Downloads a file. The first line of the input is the address of the file. Each of the next lines is the `Location`
/// header of a redirect. The last host answers with status 404, so no file is written.
///
/// The download is tried twice: with loopback addresses forbidden, and with loopback addresses allowed. If they are
/// forbidden, every request goes to an https address outside of this machine and of private networks. If they are
/// allowed, requests may also go to http addresses of this machine. No address of a request contains a user or a
/// password.
pub fn redirects(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let Some(Ok(address)) = lines.next().map(std::str::from_utf8) else { return };
    let locations: VecDeque<_> = lines.map(http::HeaderValue::from_bytes).map_while(Result::ok).collect();
    let most = 1 + locations.len();
    for allow_loopback in [false, true] {
        let requests = follow(address, locations.clone(), allow_loopback);
        assert!(requests.len() <= most, "{requests:?}");
        for request in &requests {
            let host = request.host().unwrap_or_default();
            let authority = request.authority().map_or("", |authority| authority.as_str());
            assert!(!host.is_empty() && !authority.contains('@'), "{request}");
            let is_permitted = match request.scheme_str() {
                Some("https") => allow_loopback || !is_internal(host),
                Some("http") => allow_loopback && is_loopback(host),
                _ => false,
            };
            assert!(is_permitted, "{request}");
        }
    }
}

/// Returns the addresses of the requests that the download sends.
fn follow(address: &str, locations: VecDeque<http::HeaderValue>, allow_loopback: bool) -> Vec<http::Uri> {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let (log, locations) = (Arc::clone(&requests), Arc::new(Mutex::new(locations)));
    let host = move |request: http::Request<Body>| {
        log.lock().unwrap().push(request.uri().clone());
        let mut response = http::Response::new(Body::empty());
        *response.status_mut() = http::StatusCode::NOT_FOUND;
        if let Some(location) = locations.lock().unwrap().pop_front() {
            *response.status_mut() = http::StatusCode::FOUND;
            response.headers_mut().insert(http::header::LOCATION, location);
        }
        async move { Ok(response) }
    };
    let transport = Transport::builder().retry(Retry::default().attempts(1)).allow_loopback_downloads(allow_loopback);
    let transport = transport.service(host).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    // A file in this folder cannot be created, because the folder does not exist.
    let error = runtime.block_on(transport.download(address, "no-such-folder/file").into_future()).unwrap_err();
    is_a_message(&error);
    assert!(matches!(error.kind(), ErrorKind::Setup | ErrorKind::Status(_)), "{error:?}");
    drop(transport);
    let requests = requests.lock().unwrap();
    requests.clone()
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || ip_address(host).is_some_and(|address| address.is_loopback())
}

/// Returns `true` for a loopback, private, link-local or unspecified IP address, and for `localhost`.
fn is_internal(host: &str) -> bool {
    let is_private = match ip_address(host) {
        Some(IpAddr::V4(address)) => address.is_private() || address.is_link_local() || address.is_unspecified(),
        Some(IpAddr::V6(address)) => {
            address.is_unique_local() || address.is_unicast_link_local() || address.is_unspecified()
        }
        None => false,
    };
    is_private || is_loopback(host)
}

fn ip_address(host: &str) -> Option<IpAddr> {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    host.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}
