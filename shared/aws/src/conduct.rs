//! What counts against a credential: sets of marks in its own item.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use scanlatch_protocol::credential::conduct::{Conduct, ConductChange, Mark};
use scanlatch_service::Unavailable;

use crate::failure::malformed;
use crate::item::{Reader, Writer};

pub(crate) const CLAIMS: &str = "claims";
pub(crate) const WRONG_CODES: &str = "wrongCodes";
pub(crate) const UNASKED_DECLINES: &str = "unaskedDeclines";
pub(crate) const DECLINES: &str = "declines";

pub(crate) fn with_conduct(item: Writer, conduct: &Conduct) -> Writer {
    let sets = [
        (CLAIMS, &conduct.claims),
        (WRONG_CODES, &conduct.wrong_codes),
        (UNASKED_DECLINES, &conduct.unasked_declines),
        (DECLINES, &conduct.declines),
    ];
    let sets = sets.into_iter().filter(|(_, marks)| !marks.is_empty());
    sets.fold(item, |item, (name, marks)| item.set(name, set(marks)))
}

pub(crate) fn read_conduct(item: Reader<'_>) -> Result<Conduct, Unavailable> {
    let marks = |name: &str| -> Result<BTreeSet<Mark>, Unavailable> {
        let texts = item.texts(name).into_iter();
        texts.map(|text| Mark::from_text(text).ok_or_else(|| malformed(name))).collect()
    };
    Ok(Conduct {
        claims: marks(CLAIMS)?,
        wrong_codes: marks(WRONG_CODES)?,
        unasked_declines: marks(UNASKED_DECLINES)?,
        declines: marks(DECLINES)?,
    })
}

pub(crate) fn set<'a>(marks: impl IntoIterator<Item = &'a Mark>) -> AttributeValue {
    AttributeValue::Ss(marks.into_iter().map(|mark| mark.to_text()).collect())
}

/// What a decision adds to an update's `ADD`, its `DELETE`, and the update with their values.
pub(crate) fn changed(change: &ConductChange, mut update: UpdateBuilder) -> (String, String, UpdateBuilder) {
    let mut add = String::new();
    for (name, value, mark) in [
        (WRONG_CODES, ":wrongCode", change.wrong_code),
        (UNASKED_DECLINES, ":unaskedDecline", change.unasked_decline),
        (DECLINES, ":decline", change.decline),
    ] {
        if let Some(mark) = mark {
            add.extend([", ", name, " ", value]);
            update = update.expression_attribute_values(value, set([&mark]));
        }
    }
    let delete = if change.decided.is_empty() {
        String::new()
    } else {
        update = update.expression_attribute_values(":decided", set(&change.decided));
        format!(" DELETE {CLAIMS} :decided")
    };
    (add, delete, update)
}
