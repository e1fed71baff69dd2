//! Calls of the service's catalogue. They are free.

use std::time::Duration;

use kie_types::{Host, MarketModel, MarketModels, MarketSchema, Method, Unreadable, catalog::OPERATIONS};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    compare::compare,
    drift::{Drift, Unchecked},
};
use crate::{
    client::Client,
    error::{DecodeError, Error},
};

impl Client {
    /// Returns the service's catalogue: its own list of the operations of the market route. All its calls are free.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// use std::time::Duration;
    ///
    /// let drift = client.catalogue().compare(Duration::from_secs(1)).await?;
    /// for difference in &drift.differences {
    ///     println!("{difference}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn catalogue(&self) -> Catalogue {
        Catalogue { client: self.clone() }
    }
}

/// The service's own list of the operations of the market route. Returned by [`Client::catalogue`].
#[derive(Debug, Clone)]
pub struct Catalogue {
    client: Client,
}

impl Catalogue {
    /// Returns all models of the service, also those that are not for music.
    ///
    /// # Errors
    ///
    /// Same as [`call`](Client::call).
    pub async fn models(&self) -> Result<MarketModels, Error> {
        read(MarketModel::PATH, self.get(MarketModel::PATH).await?)
    }

    /// Returns the schema of the operation with this slug. Returns `None` if the service has no schema of the
    /// operation.
    ///
    /// # Errors
    ///
    /// Same as [`call`](Client::call). The service refuses an unknown slug with code 404.
    pub async fn schema(&self, slug: &str) -> Result<Option<MarketSchema>, Error> {
        let schema = self.get(&format!("{}/{slug}/schema", MarketModel::PATH)).await?;
        Ok(schema.get("openapi").filter(|openapi| !openapi.is_null()).map(MarketSchema::read))
    }

    /// Returns the price of the operation with this slug, in the form in which the service sends it. The form is not
    /// documented.
    ///
    /// # Errors
    ///
    /// Same as [`schema`](Self::schema).
    pub async fn price(&self, slug: &str) -> Result<Value, Error> {
        self.get(&format!("{}/{slug}/price", MarketModel::PATH)).await
    }

    /// Compares the operations, prices, words and limits of the service with the tables of this library. The calls of
    /// the catalogue have a rate limit of one call per second, so the calls are `pause` apart.
    ///
    /// # Errors
    ///
    /// Same as [`call`](Client::call), for the list of models. A schema that cannot be read is no error, but is listed
    /// in [`Drift::unchecked`].
    pub async fn compare(&self, pause: Duration) -> Result<Drift, Error> {
        let models = self.models().await?.models.unwrap_or_default();
        let mut drift = Drift::of_list(&models);
        for slug in OPERATIONS.iter().filter_map(|operation| operation.market) {
            if !models.iter().any(|model| model.music_slug() == Some(slug)) {
                continue;
            }
            tokio::time::sleep(pause).await;
            match self.schema(slug).await {
                Ok(Some(schema)) => compare(slug, &schema, &mut drift),
                Ok(None) => drift.unchecked.push(Unchecked::new(slug, "the service has no schema of the operation")),
                Err(error @ Error::Api(_) | error @ Error::Decode(_)) => {
                    drift.unchecked.push(Unchecked::new(slug, error.to_string()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(drift)
    }

    async fn get(&self, path: &str) -> Result<Value, Error> {
        self.client.raw(Method::Get, Host::Api, path, &json!({})).await
    }
}

fn read<T: DeserializeOwned>(path: &'static str, data: Value) -> Result<T, Error> {
    let body = data.to_string();
    serde_json::from_value(data).map_err(|error| {
        let answer = Unreadable::new(200, body.as_bytes(), error.to_string());
        Error::Decode(Box::new(DecodeError::new(path, answer)))
    })
}
