//! Results without meaningless differences: DynamoDB keeps spent signatures in no order.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::Action;
use scanlatch_protocol::challenge::{Challenge, State};
use scanlatch_protocol::credential::{Credential, Enrolled};
use scanlatch_service::port::{Connection, Decided};

/// A result that can be compared once it is in order.
pub trait Normal {
    #[must_use]
    fn normal(self) -> Self;
}

impl Normal for Challenge {
    fn normal(mut self) -> Self {
        self.spent.sort_by_key(scanlatch_protocol::key::SignatureR::to_text);
        self
    }
}

impl Normal for Decided {
    fn normal(self) -> Self {
        match self {
            Self::Made(challenge) => Self::Made(challenge.normal()),
            Self::Stands(challenge) => Self::Stands(challenge.normal()),
            Self::Moved => Self::Moved,
        }
    }
}

impl<T: Normal> Normal for Option<T> {
    fn normal(self) -> Self {
        self.map(Normal::normal)
    }
}

impl<T: Normal> Normal for Result<T, Refusal> {
    fn normal(self) -> Self {
        self.map(Normal::normal)
    }
}

impl<T: Normal, U: Normal> Normal for (T, U) {
    fn normal(self) -> Self {
        (self.0.normal(), self.1.normal())
    }
}

macro_rules! in_order_already {
    ($($kind:ty),+) => {
        $(impl Normal for $kind {
            fn normal(self) -> Self {
                self
            }
        })+
    };
}
in_order_already!((), bool, Action, Connection, Credential, Enrolled, State);
