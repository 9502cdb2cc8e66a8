//! Creates the tables without a template, on a laptop and in tests.

use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use scanlatch_service::Unavailable;

use crate::Cloud;
use crate::failure::{database, malformed};
use crate::key::{PK, SK};

impl Cloud {
    /// Creates both tables. A table that exists stays.
    ///
    /// # Errors
    /// If the database refuses or cannot be reached.
    pub async fn create_tables(&self) -> Result<(), Unavailable> {
        for table in [&self.settings.live_table, &self.settings.directory_table] {
            let mut create = self.db.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
            for (name, kind) in [(PK, KeyType::Hash), (SK, KeyType::Range)] {
                let attribute = AttributeDefinition::builder().attribute_name(name);
                let attribute = attribute.attribute_type(ScalarAttributeType::S).build();
                let element = KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
                create = create
                    .attribute_definitions(attribute.map_err(|_| malformed(name))?)
                    .key_schema(element.map_err(|_| malformed(name))?);
            }
            match create.send().await {
                Ok(_) => {}
                Err(error) if matches!(error.as_service_error(), Some(CreateTableError::ResourceInUseException(_))) => {
                }
                Err(error) => return Err(database(&error)),
            }
        }
        Ok(())
    }
}
