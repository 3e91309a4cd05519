//! A process group: killed as a whole, and never signalled when its number may
//! belong to somebody else.

use std::io;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process_group, test_kill_process_group,
    waitid, waitpgid,
};
use wait4::Wait4;

/// How often and how long the last members of a killed group are waited for.
const GONE_CHECKS: u32 = 500;
const GONE_PAUSE: Duration = Duration::from_millis(2);

/// A child that leads a process group of its own.
#[derive(Debug)]
pub(crate) struct Group {
    leader: Pid,
    /// Once the leader is reaped its number is free, and a signal to it could
    /// hit a stranger.
    reaped: Mutex<bool>,
}

/// What is known of a leader that has ended.
#[derive(Debug)]
pub(crate) struct Reaped {
    pub(crate) status: ExitStatus,
    /// User and system time, of children that it waited for too.
    pub(crate) cpu: Duration,
    /// An upper bound: Linux lets a child begin with the peak of the process
    /// that started it.
    pub(crate) peak_memory_bytes: u64,
}

impl Group {
    pub(crate) fn of(child: &Child) -> Self {
        Self { leader: Pid::from_child(child), reaped: Mutex::new(false) }
    }

    pub(crate) fn leader(&self) -> Pid {
        self.leader
    }

    /// Kills every process of the group, if it is still ours.
    pub(crate) fn kill(&self) {
        if !*self.reaped() {
            // It can only fail when there is nobody left.
            let _ = kill_process_group(self.leader, Signal::KILL);
        }
    }

    /// Blocks until the leader has ended by itself or was killed, and nobody is
    /// left in its group.
    ///
    /// The leader is first waited for without being reaped: as a zombie it
    /// still holds the group's number, so that those it left behind can be
    /// killed safely. One signal is enough, since a process that is being
    /// killed cannot fork any more.
    pub(crate) fn wait(&self, mut child: Child) -> io::Result<Reaped> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(error) = waitid(WaitId::Pid(self.leader), options) {
            if error != Errno::INTR {
                // Somebody else reaped it: the number is not ours any more.
                *self.reaped() = true;
                return Err(error.into());
            }
        }
        let used = {
            let mut reaped = self.reaped();
            let _ = kill_process_group(self.leader, Signal::KILL);
            let used = child.wait4();
            *reaped = true;
            used?
        };
        wait_until_gone(self.leader);
        Ok(Reaped {
            status: used.status,
            cpu: used.rusage.utime + used.rusage.stime,
            peak_memory_bytes: used.rusage.maxrss,
        })
    }

    fn reaped(&self) -> MutexGuard<'_, bool> {
        self.reaped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Blocks until nobody is left in a group that was killed. They are adopted by
/// process 1, which is recap itself in a container without an init: then it has
/// to reap them.
pub(crate) fn wait_until_gone(leader: Pid) {
    for _ in 0..GONE_CHECKS {
        while let Ok(Some(_)) = waitpgid(leader, WaitOptions::NOHANG) {}
        if is_gone(leader) {
            return;
        }
        thread::sleep(GONE_PAUSE);
    }
    tracing::warn!(process.group = %leader, "killed processes have not ended");
}

/// Whether nobody is in the group, not even a zombie.
pub(crate) fn is_gone(leader: Pid) -> bool {
    test_kill_process_group(leader) == Err(Errno::SRCH)
}

/// Kills the group when it goes out of scope.
pub(super) struct KillOnDrop(pub(super) Arc<Group>);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill();
    }
}
