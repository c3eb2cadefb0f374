//! The flag for the price of vector stores.

use crate::app::App;
use crate::config::StoragePrice;
use anyhow::Result;

/// The flag for the price of vector stores, in USD per GB and day.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct PriceFlag {
    /// Price of vector stores in USD per GB and day [default: that of the profile, or 0.10]
    #[arg(long, value_name = "USD")]
    storage_price: Option<StoragePrice>,
}

impl PriceFlag {
    /// Returns the price from the first of these that states one: flag, profile, the public price of OpenAI.
    pub(super) fn price(self, app: &App) -> Result<StoragePrice> {
        let price_of_profile =
            || Ok::<_, anyhow::Error>(app.profile_if_any()?.and_then(|profile| profile.storage_price));
        Ok(match self.storage_price {
            Some(price) => price,
            None => price_of_profile()?.unwrap_or_default(),
        })
    }
}
