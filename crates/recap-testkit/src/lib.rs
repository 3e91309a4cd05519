//! Fakes of every port, the conformance suites that each adapter passes, and real
//! servers for them.

pub mod conformance;
pub mod fakes;
pub mod samples;
pub mod servers;
pub mod tools;
