//! An item of an older version that lacks a member is read with the member's default, and can be changed.

use dynoxide::Database;
use scanlatch_aws::Cloud;
use scanlatch_protocol::id::UserId;
use scanlatch_protocol::tenant::{Settings as TenantSettings, Tenant};
use scanlatch_protocol::user::{ProfileChange, Revision};
use scanlatch_service::port::{
    Administers as _, Clock as _, Forgets as _, ListsRemoved as _, Revises as _, Revokes as _, Tenants as _, Users as _,
};
use scanlatch_testkit::scene::{self, at, tenant};
use serde_json::{Value, json};

use crate::database::{DIRECTORY, cloud, serve};

#[tokio::test]
async fn a_tenant_that_is_older_than_a_setting_has_its_default_and_can_be_changed() {
    let (cloud, database) = store().await;
    let id = tenant();
    let new = Tenant::new(id, format!("Cafe {id}"), TenantSettings::default(), at(3));
    cloud.put_tenant(&new).await.unwrap();
    without(&database, &format!("T#{id}"), "TENANT", "settings", "maxDevices");

    let read = cloud.tenant(&id).await.unwrap().unwrap();
    assert_eq!(read.settings, TenantSettings::default());
    assert!(cloud.change_tenant(&read, &Tenant { enabled: false, ..read.clone() }).await.unwrap());
    assert!(!cloud.change_tenant(&read, &Tenant { name: "Late".to_owned(), ..read.clone() }).await.unwrap());
}

#[tokio::test]
async fn a_user_who_is_older_than_a_member_of_the_profile_can_be_changed_and_deleted() {
    let (cloud, database) = store().await;
    let (id, ann) = (tenant(), UserId::parse("ann").unwrap());
    let named = |name: &str| {
        Revision::Profile(Box::new(ProfileChange { display_name: Some(name.to_owned()), ..ProfileChange::default() }))
    };
    cloud.revise(&id, &ann, None, &named("Ann"), at(1)).await.unwrap();
    without(&database, &format!("T#{id}#U#ann"), "USER", "profile", "locale");

    let read = cloud.user(&id, &ann).await.unwrap();
    let revised = cloud.revise(&id, &ann, read.as_ref(), &named("Anna"), at(2)).await.unwrap();
    assert_eq!(revised.profile.display_name.as_deref(), Some("Anna"));

    without(&database, &format!("T#{id}#U#ann"), "USER", "profile", "locale");
    cloud.forget(&id, &ann).await.unwrap();
    assert_eq!(cloud.user(&id, &ann).await.unwrap(), None);
}

#[tokio::test]
async fn a_removal_that_is_older_than_its_trace_is_told_by_its_time_alone() {
    let (cloud, database) = store().await;
    let phone = scene::enrolled(&cloud, tenant(), "ann").await;
    assert!(cloud.revoke(&phone.tenant, &phone.user, &phone.id).await.unwrap());
    let key = json!({ "pk": { "S": format!("T#{}#U#ann", phone.tenant) }, "sk": { "S": format!("CREDENTIAL#{}", phone.id) } });
    let write = json!({
        "TableName": DIRECTORY,
        "Key": key,
        "UpdateExpression": "REMOVE removedBy, enrolledAt, enrolledBy, deviceName, devicePlatform",
    });
    database.update_item(serde_json::from_value(write).unwrap()).unwrap();
    let left = cloud.removed_of(&phone.tenant, &phone.user, cloud.now()).await.unwrap();
    let [left] = left.as_slice() else { panic!("{left:?}") };
    assert_eq!((left.id, left.removed_by, left.enrolled_at, &left.enrolled_by), (phone.id, None, None, &None));
}

async fn store() -> (Cloud, Database) {
    let database = Database::memory().unwrap();
    let cloud = cloud(&serve(database.clone()).await);
    cloud.create_tables().await.unwrap();
    (cloud, database)
}

/// Removes a member from the JSON text in an item's attribute.
fn without(database: &Database, pk: &str, sk: &str, attribute: &str, member: &str) {
    let key = json!({ "pk": { "S": pk }, "sk": { "S": sk } });
    let read = json!({ "TableName": DIRECTORY, "Key": key });
    let item = database.get_item(serde_json::from_value(read).unwrap()).unwrap();
    let item = serde_json::to_value(item).unwrap();
    let mut stored: Value = serde_json::from_str(item["Item"][attribute]["S"].as_str().unwrap()).unwrap();
    assert!(stored.as_object_mut().unwrap().remove(member).is_some());
    let write = json!({
        "TableName": DIRECTORY,
        "Key": key,
        "UpdateExpression": "SET #attribute = :text",
        "ExpressionAttributeNames": { "#attribute": attribute },
        "ExpressionAttributeValues": { ":text": { "S": stored.to_string() } },
    });
    database.update_item(serde_json::from_value(write).unwrap()).unwrap();
}
