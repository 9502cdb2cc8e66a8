//! The local stack's tables, item by item.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, Result, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};

use crate::play::differing;

/// The local stack names a table by its logical id.
pub const LIVE: &str = "LiveTable";
pub const DIRECTORY: &str = "DirectoryTable";

/// The attributes of an item.
pub type Item = HashMap<String, AttributeValue>;

/// The name of an item: its table, partition key and sort key.
pub type Name = (&'static str, String, String);

/// All items at one time.
pub type Snapshot = BTreeMap<Name, Item>;

/// Items by name; `None` for one that is missing.
pub type Items = Vec<(Name, Option<Item>)>;

/// How many items one call may write.
const BATCH: usize = 25;

/// The tables of a stack.
#[derive(Clone, Debug)]
pub struct Tables(Client);

impl Tables {
    /// The tables of the database at this URL.
    pub fn at(url: &str) -> Self {
        let nobody = Credentials::new("local", "local", None, None, "local");
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(nobody)
            .endpoint_url(url)
            .build();
        Self(Client::from_conf(config))
    }

    /// Every item of both tables, of at most one page each.
    ///
    /// # Errors
    /// If the database fails, or holds more.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let mut snapshot = Snapshot::new();
        for table in [LIVE, DIRECTORY] {
            let output = self.0.scan().table_name(table).consistent_read(true).send().await?;
            ensure!(output.last_evaluated_key.is_none(), "{table} holds more than one page");
            for item in output.items.unwrap_or_default() {
                snapshot.insert(name(table, &item)?, item);
            }
        }
        Ok(snapshot)
    }

    /// Makes the item of this name what is given, or removes it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set(&self, name: &Name, item: Option<&Item>) -> Result<()> {
        let (table, pk, sk) = name;
        if let Some(item) = item {
            self.0.put_item().table_name(*table).set_item(Some(item.clone())).send().await?;
        } else {
            let text = |text: &String| AttributeValue::S(text.clone());
            let delete = self.0.delete_item().table_name(*table);
            delete.key("pk", text(pk)).key("sk", text(sk)).send().await?;
        }
        Ok(())
    }

    /// The same for several.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_all(&self, items: &Items) -> Result<()> {
        for (name, item) in items {
            self.set(name, item.as_ref()).await?;
        }
        Ok(())
    }

    /// Makes the tables what they were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reset(&self, to: &Snapshot) -> Result<()> {
        for name in differing(to, &self.snapshot().await?) {
            self.set(&name, to.get(&name)).await?;
        }
        Ok(())
    }

    /// Adds items to a table.
    ///
    /// # Errors
    /// If the database fails, or leaves some unwritten.
    pub async fn add(&self, table: &str, items: Vec<Item>) -> Result<()> {
        for batch in items.chunks(BATCH) {
            let mut requests = Vec::new();
            for item in batch {
                let put = PutRequest::builder().set_item(Some(item.clone())).build()?;
                requests.push(WriteRequest::builder().put_request(put).build());
            }
            let output = self.0.batch_write_item().request_items(table, requests).send().await?;
            ensure!(output.unprocessed_items.is_none_or(|left| left.is_empty()), "the database left items unwritten");
        }
        Ok(())
    }
}

fn name(table: &'static str, item: &Item) -> Result<Name> {
    let part = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Ok((table, part("pk").context("no partition key")?, part("sk").context("no sort key")?))
}
