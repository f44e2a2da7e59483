//! Every implementation of a trait passes the same tests.

mod catalog;
