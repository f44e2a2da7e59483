//! Outlets: what people and other systems see of a case. Each shows no more than its reader may see.

pub mod evaluation;
pub mod packet;
pub mod web;
pub mod words;
