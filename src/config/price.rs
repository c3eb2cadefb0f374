//! The price of stored data, for the commands that show what vector stores cost.

use serde::Deserialize;
use std::str::FromStr;

/// The bytes that an account stores for free, and the unit of the price: a GB in decimal, as services bill it.
const GIGABYTE: u64 = 1_000_000_000;

/// The days of a month.
const DAYS: f64 = 30.0;

/// The price of vector stores in USD per GB and day.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "RawPrice")]
pub struct StoragePrice(f64);

#[derive(Deserialize)]
#[serde(untagged)]
enum RawPrice {
    Number(f64),
    Whole(u32),
    Text(String),
}

/// The public price of OpenAI.
impl Default for StoragePrice {
    fn default() -> Self {
        Self(0.10)
    }
}

impl FromStr for StoragePrice {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(RawPrice::Text(text.to_owned()))
    }
}

impl TryFrom<RawPrice> for StoragePrice {
    type Error = &'static str;

    fn try_from(raw: RawPrice) -> Result<Self, Self::Error> {
        let price = match raw {
            RawPrice::Number(price) => Some(price),
            RawPrice::Whole(price) => Some(f64::from(price)),
            RawPrice::Text(text) => text.trim().parse().ok(),
        };
        match price {
            Some(price) if (0.0..=1_000_000.0).contains(&price) => Ok(Self(price)),
            _ => Err("expected a price in USD per GB and day, such as 0.10"),
        }
    }
}

impl StoragePrice {
    /// Returns the price of one vector store in USD per month. It does not subtract the free GB, which an account has
    /// once.
    pub fn per_month(self, bytes: u64) -> f64 {
        let price = bytes as f64 / GIGABYTE as f64 * self.0 * DAYS;
        (price * 10_000.0).round() / 10_000.0
    }

    /// Returns the price of all vector stores of an account in USD per month. The first GB is free.
    pub fn per_month_of_all(self, bytes: u64) -> f64 {
        self.per_month(bytes.saturating_sub(GIGABYTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_gigabyte_of_an_account_is_free() {
        let price = StoragePrice::default();
        for (bytes, one, all) in
            [(0, 0.0, 0.0), (GIGABYTE, 3.0, 0.0), (3 * GIGABYTE, 9.0, 6.0), (1_200_000, 0.0036, 0.0)]
        {
            assert_eq!((price.per_month(bytes), price.per_month_of_all(bytes)), (one, all), "{bytes}");
        }
        assert!(price.per_month(u64::MAX).is_finite());
    }

    #[test]
    fn a_price_is_a_number_from_zero() {
        assert_eq!("0.25".parse(), Ok(StoragePrice(0.25)));
        assert_eq!("0".parse(), Ok(StoragePrice(0.0)));
        for wrong in ["", "free", "-1", "NaN", "inf", "1e99", "0,1"] {
            assert!(wrong.parse::<StoragePrice>().is_err(), "{wrong}");
        }
    }
}
