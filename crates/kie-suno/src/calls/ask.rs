//! What is asked first about a call: whether it can cost money.

use std::borrow::Cow;

use kie_ledger::ReceiptId;
use kie_types::{Effect, Host, Invalid};

use crate::{
    client::{Client, Errand, Route, Typed},
    error::Error,
};

impl Client {
    /// Makes a call, and returns its answer with its receipt, if it has one.
    pub(crate) async fn ask<R, T, F>(
        &self,
        route: &Route,
        mut errand: Typed<R, T, F>,
    ) -> Result<(T, Option<ReceiptId>), Error>
    where
        Typed<R, T, F>: Errand,
    {
        let receipt = self.run(route, &mut errand).await?;
        let answer = errand.answer.ok_or_else(|| route.unanswered())?;
        Ok((answer, receipt))
    }

    async fn run(&self, route: &Route, errand: &mut dyn Errand) -> Result<Option<ReceiptId>, Error> {
        let inner = &*self.inner;
        if self.is_paid(route) {
            let place = errand.call_back().filter(|_| inner.ledger.is_some());
            if let (Some(place), Some(field), Cow::Borrowed(operation)) = (place, route.call_back_url, &route.name)
                && place.is_taken(&inner.call_back_url)
            {
                return Err(Invalid::has_parameter(operation, field, ReceiptId::PARAMETER).into());
            }
            return self.pay(route, errand).await;
        }
        self.fill(errand);
        self.send(route, errand, None).await?;
        Ok(None)
    }

    /// Whether a call goes on the books. Uploads cost nothing.
    fn is_paid(&self, route: &Route) -> bool {
        let keeps_books = self.inner.ledger.is_some() || self.inner.purse.is_some() || self.name.is_some();
        keeps_books && route.effect == Effect::Creates && route.host != Host::Upload
    }
}
