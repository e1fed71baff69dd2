//! What a pool makes of the proxy in its environment, which is given to this program's own tests run once more.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use kie_transport::{Body, HttpService, Pool, http::Request};

/// The variables that say anything of proxies.
const ALL: [&str; 8] =
    ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];
/// Names the address that the program run once more asks for.
const ASK: &str = "KIE_TEST_ASK";

/// What happens when this address is asked for with these variables: the error, and what a proxy is asked meanwhile. In
/// their values `PROXY` stands for its address.
fn asked(variables: &[(&str, &str)], url: &str) -> (String, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = listener.local_addr().unwrap().to_string();
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let kept = heard.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            kept.lock().unwrap().extend(lines.next());
            lines.find(String::is_empty);
            (&stream).write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").ok();
        }
    });
    let mut command = Command::new(std::env::current_exe().unwrap());
    ALL.iter().for_each(|name| {
        command.env_remove(name);
    });
    command.args(["--exact", "the_program_run_once_more", "--nocapture"]).env(ASK, url);
    command.envs(variables.iter().map(|(name, value)| (name, value.replace("PROXY", &proxy))));
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let error = said.lines().find_map(|line| line.split_once("told: ")).unwrap_or(("", "nothing")).1.to_owned();
    let heard = heard.lock().unwrap().clone();
    (error, heard)
}

/// Asks for what the environment names, if it names anything.
#[test]
fn the_program_run_once_more() {
    let Ok(url) = std::env::var(ASK) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pool = Pool::new(Duration::from_millis(500));
    let error = runtime.block_on(pool.call(Request::get(url).body(Body::empty()).unwrap())).unwrap_err();
    println!("told: {error}");
    // A name that is still being looked up is not waited for.
    std::process::exit(0);
}

#[test]
fn the_list_of_exceptions_is_kept_to() {
    #[rustfmt::skip]
    let rows = [
        // NO_PROXY                 host                  through the proxy
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
        // An entry with a port stands for nothing.
        ("far.invalid:443",         "api.far.invalid",    true),
        ("far.invalid:8443",        "api.far.invalid",    true),
        ("[2001:db8::7]:443",       "[2001:db8::7]",      true),
    ];
    for (list, host, is_through) in rows {
        let (error, heard) = asked(&[("HTTPS_PROXY", "PROXY"), ("NO_PROXY", list)], &format!("https://{host}/"));
        let expected = if is_through { vec![format!("CONNECT {host}:443 HTTP/1.1")] } else { Vec::new() };
        assert_eq!(heard, expected, "{list:?} {host}: {error}");
        assert_eq!(error == "the proxy refused: HTTP 403", is_through, "{list:?} {host}: {error}");
    }
}

#[test]
fn the_variables_have_their_order() {
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
        let (error, heard) = asked(variables, far);
        assert_eq!(heard.len(), usize::from(is_through), "{variables:?}: {error}");
    }
}

#[test]
fn what_is_no_proxy_stops_what_should_go_through_it() {
    let (error, _) = asked(&[("HTTPS_PROXY", "ftp://user:secret@PROXY")], "https://api.far.invalid/");
    assert_eq!(error, "the proxy's address is not an http, https or SOCKS address");
    let (error, _) = asked(&[("HTTPS_PROXY", "ftp://user:secret@PROXY")], "https://127.0.0.1:1/");
    assert_eq!(error, "there is no connection to the host");
}
