//! What tests share. Only tests depend on it.
//!
//! | module | holds |
//! |---|---|
//! | [`memory`] | every port in memory, with a clock that the test sets |
//! | [`contract`] | what every store must do, as tests that any store can run |
//! | [`store`] | a store with every port |
//! | [`scene`] | test data: fresh ids, keys, challenges, credentials |

pub mod contract;
pub mod memory;
pub mod scene;
pub mod store;
