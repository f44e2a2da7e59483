//! A vault that fails on demand, around any other: for tests of whoever uses a vault.
//!
//! Faults come from a script (the n-th call of an operation) or at random from a seed; with neither it is as good as
//! the vault inside. Deletion and listing fail as well, since they are what cleaning up relies on.

use super::{Vault, VaultError};
use crate::domain::ids::{EpochId, PartKey};
use async_trait::async_trait;
use std::{
    collections::HashMap,
    io,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

/// What a call does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// [`Vault::put`].
    Put,
    /// [`Vault::get`].
    Get,
    /// [`Vault::delete`].
    Delete,
    /// [`Vault::epochs`] and [`Vault::parts`].
    List,
}

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// An error, and nothing was done.
    ErrorBefore,
    /// An error, although it was done.
    ErrorAfter,
    /// No room, and nothing was done.
    Full,
    /// A read that gives one byte less than asked for and says nothing.
    ShortRead,
    /// A read with one flipped bit, in the middle of the bytes.
    BitFlip,
}

/// When which fault comes.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Never.
    Sound,
    /// At the n-th call of an operation, counted from 0.
    Script(Vec<(Operation, u64, Fault)>),
    /// At one call in `one_in`, by a generator that starts from `seed`.
    Random {
        /// Same seed, same faults.
        seed: u64,
        /// 1 fails always.
        one_in: u64,
    },
}

/// The vault around another.
pub struct FaultyVault {
    inside: Arc<dyn Vault>,
    plan: Plan,
    state: Mutex<State>,
}

struct State {
    calls: HashMap<Operation, u64>,
    random: u64,
}

impl FaultyVault {
    /// Puts a plan around a vault.
    pub fn new(inside: Arc<dyn Vault>, plan: Plan) -> Self {
        let random = match plan {
            Plan::Random { seed, .. } => seed,
            Plan::Sound | Plan::Script(_) => 0,
        };
        Self { inside, plan, state: Mutex::new(State { calls: HashMap::new(), random }) }
    }

    /// Counts the call and says what goes wrong with it.
    fn next(&self, operation: Operation) -> Option<Fault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let count = state.calls.entry(operation).or_default();
        let call = *count;
        *count += 1;
        match &self.plan {
            Plan::Sound => None,
            Plan::Script(script) => {
                script.iter().find(|(of, at, _)| *of == operation && *at == call).map(|(_, _, fault)| *fault)
            }
            Plan::Random { one_in, .. } => {
                let draw = state.draw();
                draw.is_multiple_of((*one_in).max(1)).then(|| any(operation, state.draw()))
            }
        }
    }
}

impl State {
    /// SplitMix64 (Steele, Lea and Flood, 2014): repeatable, and no secret hangs on it.
    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn any(operation: Operation, draw: u64) -> Fault {
    let faults: &[Fault] = match operation {
        Operation::Put => &[Fault::ErrorBefore, Fault::ErrorAfter, Fault::Full],
        Operation::Get => &[Fault::ErrorBefore, Fault::ShortRead, Fault::BitFlip],
        Operation::Delete | Operation::List => &[Fault::ErrorBefore, Fault::ErrorAfter],
    };
    faults[(draw % faults.len() as u64) as usize]
}

fn injected(act: &'static str) -> VaultError {
    VaultError::World { act, source: io::Error::other("injected") }
}

/// Calls through, with a fault before or after.
macro_rules! through {
    ($self:ident, $operation:expr, $act:literal, $call:expr) => {
        match $self.next($operation) {
            Some(Fault::ErrorBefore) => Err(injected($act)),
            Some(Fault::Full) => Err(VaultError::Full($act)),
            Some(Fault::ErrorAfter) => $call.await.and_then(|_| Err(injected($act))),
            Some(Fault::ShortRead | Fault::BitFlip) | None => $call.await,
        }
    };
}

#[async_trait]
impl Vault for FaultyVault {
    async fn put(&self, key: PartKey, sealed: Vec<u8>) -> Result<(), VaultError> {
        through!(self, Operation::Put, "writing a part", self.inside.put(key, sealed))
    }

    async fn get(&self, key: PartKey, range: Range<u64>) -> Result<Vec<u8>, VaultError> {
        let fault = self.next(Operation::Get);
        match fault {
            Some(Fault::ErrorBefore | Fault::ErrorAfter) => return Err(injected("reading a part")),
            Some(Fault::Full) => return Err(VaultError::Full("reading a part")),
            Some(Fault::ShortRead | Fault::BitFlip) | None => {}
        }
        let mut bytes = self.inside.get(key, range).await?;
        match fault {
            Some(Fault::ShortRead) => bytes.truncate(bytes.len().saturating_sub(1)),
            Some(Fault::BitFlip) => {
                let middle = bytes.len() / 2;
                if let Some(byte) = bytes.get_mut(middle) {
                    *byte ^= 1;
                }
            }
            _ => {}
        }
        Ok(bytes)
    }

    async fn delete(&self, key: PartKey) -> Result<(), VaultError> {
        through!(self, Operation::Delete, "deleting a part", self.inside.delete(key))
    }

    async fn epochs(&self) -> Result<Vec<EpochId>, VaultError> {
        through!(self, Operation::List, "listing epochs", self.inside.epochs())
    }

    async fn parts(&self, epoch: EpochId) -> Result<Vec<(PartKey, u64)>, VaultError> {
        through!(self, Operation::List, "listing parts", self.inside.parts(epoch))
    }
}
