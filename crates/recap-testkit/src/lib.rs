//! Fakes of every port, and the conformance suites that each adapter passes.

pub mod conformance;
pub mod fakes;
pub mod samples;
pub mod tools;
