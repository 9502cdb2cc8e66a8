//! What pages, phones and backends are told, and what follows from it.

#![expect(clippy::expect_used, reason = "the texts are well formed")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Decision, Screen, Standing};
use scanlatch_protocol::id::{ChallengeId, ConnectionId};
use scanlatch_service::Error;
use scanlatch_service::port::Clock as _;
use scanlatch_testkit::memory::Fate;
use serde_json::Value;

use super::Play;
use crate::calls::Answer;
use crate::checks;
use crate::ledger::{Cause, Held, Mark, holds};
use crate::page::{Code, Heard};

impl Play<'_> {
    pub(super) fn pushed(&mut self, to: &ConnectionId, text: &str) -> Held {
        let notice: Value = serde_json::from_str(text).expect("a notice");
        let data = &notice["data"];
        let id = ChallengeId::parse(data["challengeId"].as_str().expect("an id")).expect("an id");
        let (state, token) = (data["state"].as_str().expect("a state"), data["accessToken"].as_str());
        checks::pushed(&self.ledger, &id, state, token.is_some(), self.world.store.now())?;
        let heard = match state {
            "claimed" => Heard::Claimed,
            "rejected" => Heard::Rejected,
            _ => Heard::Approved,
        };
        let owner = self.sockets.iter().find(|(socket, _)| socket == to).map(|(_, page)| *page);
        let Some(page) = owner else { return Ok(()) };
        if self.pages[page].socket.as_ref() != Some(to) {
            self.pages[page].unread.insert(id);
            return Ok(());
        }
        self.hears(page, id, heard, token)
    }

    /// A page hears of a challenge; the official SDK ignores everything after the first end of it.
    fn hears(&mut self, page: usize, id: ChallengeId, heard: Heard, token: Option<&str>) -> Held {
        checks::hears(&self.ledger, &self.pages[page], &id, heard)?;
        if let Some(token) = token {
            self.ledger.has(token);
        }
        if self.pages[page].heeds(&id) {
            self.pages[page].heard.insert(id, heard);
        }
        Ok(())
    }

    fn stands(&mut self, page: usize, id: ChallengeId, began: u64, standing: &Standing) -> Held {
        let token = if let Standing::Approved(token) = standing { Some(token.as_str()) } else { None };
        if token.is_some() {
            checks::not_void(&self.ledger, &id, began, "a screen is given the token")?;
        }
        self.hears(page, id, Heard::from(standing), token)
    }

    pub(super) fn answered(&mut self, began: u64, answer: Answer) -> Held<Option<u64>> {
        let now = self.ledger.tick();
        match answer {
            Answer::Connected(page, socket, resumes, Ok(())) => {
                if let Some(before) = self.pages[page].socket.replace(socket.clone()) {
                    self.world.store.every_push(&before, Fate::Gone);
                    self.unheard.push(before);
                }
                return Ok(Some(match resumes {
                    Some(proven) => self.call(Cause::Other, self.world.resume(page, socket, proven)),
                    None => self.open(page),
                }));
            }
            Answer::Shown(page, Ok((challenge, secret))) => {
                self.pages[page].codes.push(Code { id: challenge.id, secret, since: now, forgotten: false });
            }
            Answer::Resumed(page, id, Ok(standing)) => self.stands(page, id, began, &standing)?,
            Answer::Looked(page, id, Ok(standing)) => {
                let heard = Heard::from(&standing);
                checks::polls(&self.ledger, &self.pages[page], &id, began, heard)?;
                self.stands(page, id, began, &standing)?;
                self.pages[page].polled.insert(id, (now, heard));
            }
            Answer::Claimed(Ok(challenge)) => {
                checks::shown(&challenge)?;
                holds(!checks::is_void(&self.ledger, &challenge, began), || {
                    format!("I4: a revoked phone claimed {challenge:?}")
                })?;
            }
            Answer::Decided(id, _, typed, Ok(state)) if state.approval().is_some() => {
                checks::typed(&self.ledger, &id, typed)?;
                checks::not_void(&self.ledger, &id, began, "an approval is confirmed")?;
                // Nobody can scan a code that its page has not been given yet.
                let page = self.pages.iter().position(|page| page.code(&id).is_some_and(|code| code.since < began));
                if page.is_some() {
                    let on_socket = matches!(self.ledger.challenges[&id].screen, Screen::Socket(_));
                    self.ledger.marks.insert(if on_socket { Mark::Told } else { Mark::ToldWithCode });
                    self.ledger.yes.insert(id);
                    checks::promises(&self.ledger)?;
                    self.keeps(&id)?;
                }
            }
            Answer::Decided(_, Decision::Approve, Some(_), Ok(_)) => {
                self.ledger.marks.insert(Mark::WrongNumber);
            }
            Answer::Decided(.., Err(Error::Refused(Refusal::SpentSignature))) => {
                self.ledger.marks.insert(Mark::Copied);
            }
            Answer::Decided(.., Err(Error::Refused(Refusal::ActionSucceeded))) => {
                self.ledger.marks.insert(Mark::Succeeded);
            }
            Answer::Claimed(Err(Error::Refused(Refusal::Paused))) => {
                self.ledger.marks.insert(Mark::Paused);
            }
            Answer::Own(Ok(challenge)) => self.own.push(challenge.id),
            Answer::Verified(Ok(token)) => {
                let id = self.ledger.has(&token).expect("a result token");
                checks::not_void(&self.ledger, &id, began, "a device is given the token")?;
                self.ledger.marks.insert(Mark::Verified);
                self.ledger.yes.insert(id);
                checks::promises(&self.ledger)?;
            }
            Answer::Tracked(Some(action), Ok(token)) => {
                self.tokens[action] = token;
            }
            Answer::ChallengeAssignment(Ok(token)) => {
                if let Some(id) = self.ledger.has(&token) {
                    checks::not_void(&self.ledger, &id, began, "a backend takes the token")?;
                    checks::promises(&self.ledger)?;
                }
            }
            Answer::Validated(id, Ok(response)) if response.first_use().is_some() => {
                checks::not_void(&self.ledger, &id, began, "a backend is told of a success")?;
            }
            Answer::Begun(id, Ok(())) => {
                checks::not_void(&self.ledger, &id, began, "a session begins")?;
                self.ledger.marks.insert(Mark::Session);
            }
            Answer::Revoked(credential, Ok(())) => {
                self.ledger.revoked.insert(credential, now);
            }
            _ => {}
        }
        Ok(None)
    }

    /// The page that showed a code can obtain its token.
    pub(super) fn keeps(&self, id: &ChallengeId) -> Held {
        let challenge = &self.ledger.challenges[id];
        for page in self.pages.iter().filter(|page| page.code(id).is_some()) {
            checks::can_obtain(self.world, page, challenge)?;
        }
        Ok(())
    }
}
