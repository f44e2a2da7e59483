//! The command `casegate`.

fn main() {}
