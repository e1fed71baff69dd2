//! Tests of proxy settings in environment variables. The test program runs itself again with other variables.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use kie_transport::{Body, HttpService, Pool, http::Request};

/// Names of all environment variables for proxies.
const ALL: [&str; 8] =
    ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];
/// Environment variable with the address to which the second run of the program sends a request.
const ASK: &str = "KIE_TEST_ASK";

/// Runs this test program again with these environment variables. The second run sends a request to `url`. Returns the
/// error of the request, and the first line of each request that the proxy got. In the values of variables, the word
/// `PROXY` is replaced by the proxy's address.
fn run_with(variables: &[(&str, &str)], url: &str) -> (String, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = listener.local_addr().unwrap().to_string();
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let lines_heard = heard.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            lines_heard.lock().unwrap().extend(lines.next());
            lines.find(String::is_empty);
            (&stream).write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").ok();
        }
    });
    let mut command = Command::new(std::env::current_exe().unwrap());
    ALL.iter().for_each(|name| {
        command.env_remove(name);
    });
    command.args(["--exact", "second_run", "--nocapture"]).env(ASK, url);
    command.envs(variables.iter().map(|(name, value)| (name, value.replace("PROXY", &proxy))));
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let error = said.lines().find_map(|line| line.split_once("told: ")).unwrap_or(("", "nothing")).1.to_owned();
    let heard = heard.lock().unwrap().clone();
    (error, heard)
}

/// Sends a request if the variable [`ASK`] is set, which is so only in the second run of the program.
#[test]
fn second_run() {
    let Ok(url) = std::env::var(ASK) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pool = Pool::new(Duration::from_millis(500));
    let error = runtime.block_on(pool.call(Request::get(url).body(Body::empty()).unwrap())).unwrap_err();
    println!("told: {error}");
    // Exits immediately. A normal exit would wait for a host name that is still being resolved.
    std::process::exit(0);
}

#[test]
fn no_proxy_is_respected() {
    #[rustfmt::skip]
    let rows = [
        // NO_PROXY                 host                  is the proxy used
        ("",                        "api.far.invalid",    true),
        ("near.invalid",            "api.far.invalid",    true),
        ("near.invalid far.invalid", "api.far.invalid",   false),
        ("*.far.invalid",           "api.far.invalid",    false),
        ("FAR.invalid.",            "api.far.invalid.",   false),
        ("far.invalid",             "notfar.invalid",     true),
        ("*",                       "api.far.invalid",    false),
        ("192.0.2.0/24",            "192.0.2.7",          false),
        ("192.0.2.0/24",            "198.51.100.7",       true),
        ("[2001:db8::7]",           "[2001:db8::7]",      false),
        // An entry with a port is ignored, so the proxy is used.
        ("far.invalid:443",         "api.far.invalid",    true),
        ("far.invalid:8443",        "api.far.invalid",    true),
        ("[2001:db8::7]:443",       "[2001:db8::7]",      true),
    ];
    for (list, host, is_through) in rows {
        let (error, heard) = run_with(&[("HTTPS_PROXY", "PROXY"), ("NO_PROXY", list)], &format!("https://{host}/"));
        let expected = if is_through { vec![format!("CONNECT {host}:443 HTTP/1.1")] } else { Vec::new() };
        assert_eq!(heard, expected, "{list:?} {host}: {error}");
        assert_eq!(error == "the proxy refused: HTTP 403", is_through, "{list:?} {host}: {error}");
    }
}

#[test]
fn variables_have_their_precedence() {
    let far = "https://api.far.invalid/";
    #[rustfmt::skip]
    let rows: [(&[(&str, &str)], bool); 5] = [
        (&[],                                                        false),
        (&[("HTTP_PROXY", "PROXY")],                                 false),
        (&[("HTTPS_PROXY", "http://PROXY")],                         true),
        (&[("ALL_PROXY", "PROXY")],                                  true),
        (&[("ALL_PROXY", "barred.invalid"), ("HTTPS_PROXY", "PROXY")], true),
    ];
    for (variables, is_through) in rows {
        let (error, heard) = run_with(variables, far);
        assert_eq!(heard.len(), usize::from(is_through), "{variables:?}: {error}");
    }
}

#[test]
fn an_invalid_proxy_stops_requests_that_should_use_it() {
    let (error, _) = run_with(&[("HTTPS_PROXY", "ftp://user:secret@PROXY")], "https://api.far.invalid/");
    assert_eq!(error, "the proxy's address is not an http, https or SOCKS address");
    let (error, _) = run_with(&[("HTTPS_PROXY", "ftp://user:secret@PROXY")], "https://127.0.0.1:1/");
    assert_eq!(error, "there is no connection to the host");
}
