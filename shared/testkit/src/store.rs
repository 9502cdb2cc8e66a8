//! A store with every port.

use scanlatch_service::port::{
    Actions, Administers, Begins, Binds, Challenges, Claims, Connections, Connects, CountsTries, Creates, Credentials,
    Decides, Disconnects, Ends, Enrols, Entropy, Forgets, Leaves, ListsActions, ListsCredentials, ListsUsers,
    MakesKeys, Pending, Polls, Redeems, Refreshes, Removes, Replaces, Resumes, Revises, Revokes, Rotates, Sessions,
    SetsActionState, Settles, ShortCodes, Signs, Tenants, Tracks, Users, Verifies, Withdraws,
};

/// All that a store does.
pub trait Store:
    Actions
    + Administers
    + Begins
    + Binds
    + Challenges
    + Claims
    + Connections
    + Connects
    + CountsTries
    + Creates
    + Credentials
    + Decides
    + Disconnects
    + Ends
    + Enrols
    + Entropy
    + Forgets
    + SetsActionState
    + Leaves
    + ListsActions
    + ListsCredentials
    + ListsUsers
    + MakesKeys
    + Pending
    + Polls
    + Redeems
    + Refreshes
    + Removes
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
    + Withdraws
{
}

impl<T> Store for T where
    T: Actions
        + Administers
        + Begins
        + Binds
        + Challenges
        + Claims
        + Connections
        + Connects
        + CountsTries
        + Creates
        + Credentials
        + Decides
        + Disconnects
        + Ends
        + Enrols
        + Entropy
        + Forgets
        + SetsActionState
        + Leaves
        + ListsActions
        + ListsCredentials
        + ListsUsers
        + MakesKeys
        + Pending
        + Polls
        + Redeems
        + Refreshes
        + Removes
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
        + Withdraws
{
}
