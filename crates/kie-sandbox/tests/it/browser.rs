//! Tests of requests that a page in a browser sends.

use http::{HeaderMap, Method, StatusCode, request::Builder};
use kie_sandbox::{Fault, Sandbox};

use crate::caller::{Answered, TestCaller, request};

const PAGE: &str = "https://page.example.net";

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn preflight(path: &str) -> Builder {
    let preflight = request(Method::OPTIONS, path).header("origin", PAGE);
    let preflight = preflight.header("access-control-request-method", "POST");
    preflight.header("access-control-request-headers", "authorization,content-type")
}

#[tokio::test(start_paused = true)]
async fn pages_of_other_origins_are_allowed_if_it_is_set() -> Answered {
    let sandbox = Sandbox::builder().cors(true).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    for path in ["/api/v1/generate", "/api/v1/jobs/createTask", "/sandbox/faults", "/openapi.json"] {
        let (head, body) = caller.exchange(preflight(path).body("".into())?).await?;
        assert_eq!((head.status, body.len()), (StatusCode::NO_CONTENT, 0), "{path}");
        assert_eq!(header(&head.headers, "access-control-allow-origin"), Some("*"));
        assert_eq!(header(&head.headers, "access-control-allow-headers"), Some("authorization,content-type"));
        let methods = header(&head.headers, "access-control-allow-methods").unwrap_or_default();
        assert!(methods.contains("POST") && methods.contains("DELETE"), "{methods}");
    }
    assert_eq!(sandbox.books().requests.total, 0, "a preflight is not recorded");

    sandbox.fault("get-account-credits", Fault::error_page(503));
    for (method, path, status) in [
        (Method::GET, "/api/v1/chat/credit", 503),
        (Method::GET, "/api/v1/chat/credit", 200),
        (Method::GET, "/openapi.json", 200),
        (Method::GET, "/files/unknown.mp3", 403),
        (Method::PUT, "/api/v1/generate", 405),
        (Method::GET, "/nowhere", 404),
        (Method::GET, "/sandbox/books", 200),
        (Method::POST, "/sandbox/faults", 400),
    ] {
        let (head, _) = caller.exchange(request(method, path).header("origin", PAGE).body("".into())?).await?;
        assert_eq!(head.status, status, "{path}");
        assert_eq!(header(&head.headers, "access-control-allow-origin"), Some("*"), "{path}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn pages_of_other_origins_are_not_allowed_by_default() -> Answered {
    let mut caller = TestCaller::new(&Sandbox::default()).await?;
    for (path, status) in [("/api/v1/generate", 405), ("/sandbox/books", 405), ("/nowhere", 404)] {
        let (head, _) = caller.exchange(preflight(path).body("".into())?).await?;
        assert_eq!(head.status, status, "{path}");
        assert!(head.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{head:?}");
    }
    Ok(())
}
