//! New challenges, and what they replace.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionName};
use scanlatch_protocol::bucket::Bucket;
use scanlatch_protocol::challenge::{Challenge, Event, OVERLAP_MS};
use scanlatch_protocol::id::ChallengeId;
use scanlatch_protocol::secret::Digest;
use scanlatch_service::port::{Before, Connection, Creates, Renews, Replaces, Shown};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::actions::{action_naming, read_action};
use crate::challenges::{UNCLAIMED, Updated, challenge_item, part, read_challenge, superseding};
use crate::connections::{show, shows};
use crate::failure::{Transacted, condition_mismatch, database, failed, malformed};
use crate::item::{millis, text};
use crate::short_codes::short_code;
use crate::waiting::waiting;

/// How often a challenge is tried if it is in conflict with others of its action.
const ATTEMPTS: usize = 6;

/// A part of the transaction that opens a challenge, by its purpose.
enum Part {
    Challenge,
    ShortCode,
    Waiting,
    Connection,
    Action(ActionName),
    /// The challenge that the screen showed or proved that it showed.
    Shown,
    /// The challenge that the screen goes on following.
    Renewed,
    /// The challenge that the screen followed beside the one that it showed.
    Older,
    /// The challenge that the action named before, which another screen may show.
    Named,
}

/// Everything that opening a challenge needs.
struct Opening<'a> {
    challenge: &'a Challenge,
    /// The connection that shows it, with what is left in its bucket then.
    connection: Option<(&'a Connection, Bucket)>,
    /// The tracked action, with the challenge that it presumably names.
    action: Option<Action>,
    /// Whether to withdraw that challenge.
    supersedes: bool,
    shown: Option<(ChallengeId, Option<Digest>)>,
    /// Whether the screen goes on following that challenge.
    renews: bool,
    /// The challenge that it followed beside that one.
    older: Option<ChallengeId>,
}

impl Creates for Cloud {
    async fn create(&self, challenge: &Challenge, before: &Before) -> Result<bool> {
        let is_alone = challenge.subject.is_none() && challenge.short_code.is_none();
        if is_alone && before.action.is_none() && before.shown.is_none() {
            self.put_challenge(challenge).await?;
            return Ok(true);
        }
        let shown = before.shown.map(|(id, code)| (id, Some(code)));
        self.open(Opening {
            challenge,
            connection: None,
            action: before.action.clone(),
            supersedes: true,
            shown,
            renews: false,
            older: None,
        })
        .await
    }
}

impl Replaces for Cloud {
    async fn replace(&self, connection: &Connection, challenge: &Challenge) -> Result<bool> {
        self.show_newer(connection, challenge, false).await
    }
}

impl Renews for Cloud {
    async fn renew(&self, connection: &Connection, challenge: &Challenge) -> Result<bool> {
        self.show_newer(connection, challenge, true).await
    }
}

impl Cloud {
    async fn show_newer(&self, connection: &Connection, challenge: &Challenge, renews: bool) -> Result<bool> {
        let (left, now) = (connection.bucket.take(challenge.created_at)?, challenge.created_at);
        // Nobody can claim an expired challenge, and DynamoDB may have deleted it already.
        let previous = connection.shows.filter(|shown| now < shown.expires_at);
        let shown = previous.map(|shown| (shown.challenge, None));
        // The action most likely names the challenge that this socket showed last.
        let action = connection
            .tracked
            .clone()
            .map(|action| Action { newest: connection.shows.map(|shown| shown.challenge).or(action.newest), ..action });
        let connection = Some((connection, left));
        let older = connection.and_then(|(connection, _)| connection.shows).and_then(|shown| shown.older_at(now));
        let replaces = shown.is_some() || older.is_some() || action.is_some() || challenge.subject.is_some();
        if let Some((connection, left)) = connection.filter(|_| !replaces && challenge.short_code.is_none()) {
            return Box::pin(self.show_first(connection, left, challenge)).await;
        }
        let renews = renews && shown.is_some();
        let opening = Opening { challenge, connection, action, supersedes: true, shown, renews, older };
        Box::pin(self.open(opening)).await
    }
}

impl Cloud {
    /// Shows a challenge where there is nothing to withdraw: by two writes at once, which cost half of what a transaction
    /// of both does. The screen is told the challenge's id only after both. If only the challenge was written, it expires
    /// unclaimed. If only the connection was written, the screen's next message replaces the missing challenge.
    async fn show_first(&self, connection: &Connection, left: Bucket, challenge: &Challenge) -> Result<bool> {
        let update = show(&self.settings.live_table, connection, left, Shown::from(challenge));
        let (stored, shown) = tokio::join!(self.put_challenge(challenge), self.update_by_itself(update));
        stored?;
        Ok(match shown? {
            Updated::New(_) => true,
            // An earlier attempt of the same call has written it, and its answer was lost.
            Updated::Refused(found) => found.is_some_and(|item| shows(&item, &challenge.id)),
        })
    }

    async fn put_challenge(&self, challenge: &Challenge) -> std::result::Result<(), Unavailable> {
        let put = self.db.put_item().table_name(&self.settings.live_table);
        let put = put.set_item(Some(challenge_item(challenge))).condition_expression("attribute_not_exists(pk)");
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // Ids are random, so only an earlier attempt of the same call can have stored it.
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(database(&error)),
            },
        }
    }

    /// Opens the challenge with all its parts; `false` if another challenge has its short code, or if the connection is
    /// gone, shows another challenge by now or has sent another message since. A challenge to withdraw is left alone if
    /// it is gone or is not the expected one.
    async fn open(&self, mut opening: Opening<'_>) -> Result<bool> {
        for _ in 0..ATTEMPTS {
            let (parts, items): (Vec<_>, Vec<_>) = self.parts(&opening)?.into_iter().unzip();
            let reasons = match self.transact(items).await? {
                Transacted::Done => return Ok(true),
                Transacted::Refused(reasons) => reasons,
            };
            for (index, part) in parts.iter().enumerate().filter(|(index, _)| failed(&reasons, *index)) {
                match part {
                    // An earlier attempt of the same call has stored all of it.
                    Part::Challenge => return Ok(true),
                    Part::ShortCode | Part::Connection => return Ok(false),
                    Part::Action(name) => {
                        let found = read_action(name, reasons[index].item.as_ref().ok_or(Refusal::InvalidToken)?)?;
                        opening.action = Some(admitted(opening.challenge, found)?);
                        opening.supersedes = true;
                    }
                    Part::Shown => opening.shown = None,
                    Part::Renewed => {
                        if let Some(item) = &reasons[index].item {
                            check_unclaimed(opening.challenge, &read_challenge(&opening.challenge.tenant, item)?)?;
                        }
                        (opening.shown, opening.renews) = (None, false);
                    }
                    Part::Older if opening.renews && reasons[index].item.is_some() => {
                        return Err(Refusal::AlreadyClaimed.into());
                    }
                    Part::Older => opening.older = None,
                    Part::Named => opening.supersedes = false,
                    Part::Waiting => return Err(condition_mismatch().into()),
                }
            }
        }
        Err(condition_mismatch().into())
    }
}

/// Checks a challenge that cannot be renewed: a phone holds it, or the one that it had renewed.
fn check_unclaimed(newer: &Challenge, found: &Challenge) -> std::result::Result<(), Refusal> {
    match found.apply(&Event::Renew(newer.id), newer.created_at) {
        Err(Refusal::AlreadyClaimed | Refusal::Superseded) => Err(Refusal::AlreadyClaimed),
        _ => Ok(()),
    }
}

/// Checks an action that names another challenge than presumed.
fn admitted(challenge: &Challenge, found: Action) -> std::result::Result<Action, Refusal> {
    if challenge.created_at >= found.expires_at {
        return Err(Refusal::InvalidToken);
    }
    found.state.check_challenge_allowed()?;
    Ok(found)
}

impl Cloud {
    fn parts(&self, opening: &Opening<'_>) -> std::result::Result<Vec<(Part, TransactWriteItem)>, Unavailable> {
        let Opening { challenge, connection, action, supersedes, shown, renews, older } = opening;
        let live = &self.settings.live_table;
        let put = Put::builder()
            .table_name(live)
            .set_item(Some(challenge_item(challenge)))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(|_| malformed("challenge"))?;
        let mut parts = vec![(Part::Challenge, TransactWriteItem::builder().put(put).build())];
        parts.extend(short_code(live, challenge)?.map(|row| (Part::ShortCode, row)));
        if let Some((connection, left)) = connection {
            let before = connection.shows.filter(|_| *renews);
            let shows =
                before.map_or(Shown::from(*challenge), |shown| shown.renewed_by(challenge, challenge.created_at));
            parts.push((Part::Connection, part(show(live, connection, *left, shows))?));
        }
        if let Some(action) = action {
            let naming = action_naming(&self.settings.directory_table, action, challenge);
            parts.push((Part::Action(action.name.clone()), part(naming)?));
        }
        if let Some(older) = older {
            let update = superseding(self.challenge_part(&challenge.tenant, older));
            let update = match renews {
                false => update.condition_expression("attribute_exists(pk)"),
                true => update
                    .condition_expression("#state = :unclaimed")
                    .expression_attribute_names("#state", "state")
                    .expression_attribute_values(":unclaimed", text(UNCLAIMED)),
            };
            parts.push((Part::Older, part(update)?));
        }
        if let Some((id, _)) = shown.filter(|_| *renews) {
            parts.push((Part::Renewed, part(self.renewing(connection.map(|(screen, _)| screen), &id, challenge))?));
        } else if let Some((id, code)) = shown {
            let update = superseding(self.challenge_part(&challenge.tenant, id));
            let update = match code {
                None => update.condition_expression("attribute_exists(pk)"),
                Some(code) => update
                    .condition_expression("deviceCodeDigest = :code")
                    .expression_attribute_values(":code", text(code.to_text())),
            };
            parts.push((Part::Shown, part(update)?));
        }
        let named = action.as_ref().and_then(|action| action.newest).filter(|_| *supersedes);
        let is_shown = |id: &ChallengeId| shown.as_ref().is_some_and(|(shown, _)| shown == id);
        if let Some(id) = named.filter(|id| *id != challenge.id && !is_shown(id)) {
            let update = superseding(self.challenge_part(&challenge.tenant, &id))
                .condition_expression("#state = :unclaimed")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":unclaimed", text(UNCLAIMED));
            parts.push((Part::Named, part(update)?));
        }
        parts.extend(waiting(live, challenge)?.map(|row| (Part::Waiting, row)));
        Ok(parts)
    }

    /// The part that shortens the life of the challenge that the screen goes on following.
    fn renewing(&self, screen: Option<&Connection>, id: &ChallengeId, newer: &Challenge) -> UpdateBuilder {
        let now = newer.created_at;
        let expiry = screen.and_then(|screen| screen.shows).map_or(now, |shown| shown.expires_at);
        self.challenge_part(&newer.tenant, id)
            .update_expression("SET expiresAt = :until, successor = :newer")
            .condition_expression(
                "#state = :unclaimed AND attribute_not_exists(withdrawn) AND expiresAt > :now \
                 AND attribute_not_exists(successor)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":unclaimed", text(UNCLAIMED))
            .expression_attribute_values(":until", millis(expiry.min(now.plus(OVERLAP_MS))))
            .expression_attribute_values(":newer", text(newer.id.to_string()))
            .expression_attribute_values(":now", millis(now))
    }
}
