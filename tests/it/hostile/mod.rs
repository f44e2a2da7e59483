//! Documents made to harm, through the running daemon: they harm nothing but their own verdicts.

mod flood;
mod large;
mod process;
