//! The guard in front of the network.

use kie_suno::{
    HttpService,
    transport::{
        Body, Error, ErrorKind, HttpFuture,
        http::{Method, Request},
    },
};

/// An HTTP service that lets only lookups pass, unless credits may be spent.
#[derive(Debug)]
pub(crate) struct Guard<S> {
    pub(crate) service: S,
    pub(crate) may_spend: bool,
}

impl<S: HttpService> HttpService for Guard<S> {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        if self.may_spend || request.method() == Method::GET {
            return self.service.call(request);
        }
        Box::pin(async { Err(Error::new(ErrorKind::Setup, "only lookups are sent without --spend")) })
    }
}

#[cfg(test)]
mod tests {
    use kie_suno::{Client, transport::http::Response};

    use super::*;

    #[tokio::test]
    async fn only_lookups_pass_unless_credits_may_be_spent() -> anyhow::Result<()> {
        for may_spend in [false, true] {
            let body = r#"{"code":200,"msg":"success","data":873.6}"#;
            let service = move |_: Request<Body>| async move { Ok(Response::new(body)) };
            let client = Client::builder().api_key("key").http(Guard { service, may_spend }).build()?;
            assert!(client.credits().await.is_ok());
            let request = serde_json::json!({ "content": "slow waltz" });
            let call =
                client.raw(kie_types::Method::Post, kie_types::Host::Api, "/api/v1/style/generate", &request).await;
            assert_eq!(call.is_ok(), may_spend, "{call:?}");
        }
        Ok(())
    }
}
