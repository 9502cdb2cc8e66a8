//! The reference store keeps the contract.

use service::memory::Memory;

service::store_contract!(async { Memory::default() });
