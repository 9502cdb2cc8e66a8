//! A store with every port.

use scanlatch_service::port::{
    Actions, Administers, Answers, Asks, AuthorizationRequests, Begins, Binds, Challenges, Charges, Claims, Clients,
    Clock, Connections, Connects, CountsClaims, CountsTries, Creates, Credentials, Decides, Disconnects, Ends,
    Enrolments, Enrols, Entropy, Exchanges, Forgets, Leaves, ListsActions, ListsCredentials, ListsRemoved, ListsUsers,
    MakesKeys, MakesRsaKeys, Paces, Pending, Polls, Redeems, Refreshes, RegistersClients, Removes, Renews, Replaces,
    Resumes, Revises, Revokes, Rotates, RotatesRsa, Sessions, SetsActionState, Settles, ShortCodes, Signs, SignsRsa,
    Tenants, Tracks, Users, Verifies, VerifiesRsa, Withdraws,
};

/// All that a store does.
pub trait Store:
    Actions
    + Administers
    + Begins
    + Binds
    + Challenges
    + Charges
    + Claims
    + Clock
    + Connections
    + Connects
    + CountsTries
    + Creates
    + CountsClaims
    + Credentials
    + Decides
    + Disconnects
    + Ends
    + Enrolments
    + Enrols
    + Entropy
    + Forgets
    + SetsActionState
    + Leaves
    + ListsActions
    + ListsCredentials
    + ListsRemoved
    + ListsUsers
    + MakesKeys
    + Pending
    + Polls
    + Redeems
    + Refreshes
    + Removes
    + Renews
    + Replaces
    + Resumes
    + Revises
    + Revokes
    + Rotates
    + Sessions
    + Settles
    + ShortCodes
    + Signs
    + Tenants
    + Tracks
    + Users
    + Verifies
    + Answers
    + Asks
    + AuthorizationRequests
    + Clients
    + Exchanges
    + MakesRsaKeys
    + Paces
    + RegistersClients
    + RotatesRsa
    + SignsRsa
    + VerifiesRsa
    + Withdraws
{
}

impl<T> Store for T where
    T: Actions
        + Administers
        + Begins
        + Binds
        + Challenges
        + Charges
        + Claims
        + Clock
        + Connections
        + Connects
        + CountsTries
        + Creates
        + CountsClaims
        + Credentials
        + Decides
        + Disconnects
        + Ends
        + Enrolments
        + Enrols
        + Entropy
        + Forgets
        + SetsActionState
        + Leaves
        + ListsActions
        + ListsCredentials
        + ListsRemoved
        + ListsUsers
        + MakesKeys
        + Pending
        + Polls
        + Redeems
        + Refreshes
        + Removes
        + Renews
        + Replaces
        + Resumes
        + Revises
        + Revokes
        + Rotates
        + Sessions
        + Settles
        + ShortCodes
        + Signs
        + Tenants
        + Tracks
        + Users
        + Verifies
        + Answers
        + Asks
        + AuthorizationRequests
        + Clients
        + Exchanges
        + MakesRsaKeys
        + Paces
        + RegistersClients
        + RotatesRsa
        + SignsRsa
        + VerifiesRsa
        + Withdraws
{
}
