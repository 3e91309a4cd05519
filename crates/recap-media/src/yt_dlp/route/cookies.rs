//! A file of cookies that several runs use, one copy each: yt-dlp writes into the one
//! it is given.

use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// In the directory of a run.
pub(super) const COPY: &str = "cookies.txt";

/// As it was when the run began.
const BEFORE: &str = "cookies-before.txt";

/// How every such file begins.
const HEADER: &str = "# Netscape HTTP Cookie File";

/// A browser keeps some kilobytes for YouTube; this is all that it has.
const MOST_BYTES: u64 = 4 << 20;

pub(super) fn copy(from: &Path, directory: &Path) -> io::Result<()> {
    let cookies = read(from)?;
    for name in [COPY, BEFORE] {
        let to = directory.join(name);
        fs::write(&to, &cookies)?;
        fs::set_permissions(&to, Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// Under a lock, and in one step, so that whoever copies it has all of one or the other.
/// If another run was faster, or is at it, its cookies stay: they were made from the same
/// ones, and are as good.
pub(super) fn save_back(to: &Path, directory: &Path) -> io::Result<()> {
    let (ours, before) = (read(&directory.join(COPY))?, read(&directory.join(BEFORE))?);
    if ours == before || !ours.starts_with(HEADER.as_bytes()) {
        return Ok(());
    }
    let to = fs::canonicalize(to)?;
    let lock = File::options().create(true).append(true).open(lock_of(&to))?;
    if lock.try_lock().is_err() || read(&to)? != before {
        return Ok(());
    }
    let parent = to.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(parent)?;
    file.write_all(&ours)?;
    file.as_file().set_permissions(fs::metadata(&to)?.permissions())?;
    file.persist(to)?;
    Ok(())
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "more than 4 MB of cookies"));
    }
    Ok(bytes)
}

/// A file beside it, as it is itself replaced.
fn lock_of(cookies: &Path) -> PathBuf {
    let mut name = cookies.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str) -> (tempfile::TempDir, PathBuf, [tempfile::TempDir; 2]) {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("cookies");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        (home, file, [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()])
    }

    fn write(run: &tempfile::TempDir, text: &str) {
        fs::write(run.path().join(COPY), text).unwrap();
    }

    #[test]
    fn what_a_run_was_given_is_kept_and_the_first_of_two_counts() {
        let old = format!("{HEADER}\nold");
        let (_home, file, [one, other]) = runs(&old);
        copy(&file, one.path()).unwrap();
        copy(&file, other.path()).unwrap();
        assert_eq!(fs::read_to_string(one.path().join(COPY)).unwrap(), old);
        let mode = fs::metadata(one.path().join(COPY)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        write(&one, &format!("{HEADER}\nnew"));
        write(&other, &format!("{HEADER}\nother"));
        save_back(&file, one.path()).unwrap();
        save_back(&file, other.path()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), format!("{HEADER}\nnew"));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn nobody_waits_for_one_who_saves_and_a_link_stays_one() {
        let old = format!("{HEADER}\nold");
        let (home, file, [one, _]) = runs(&old);
        let link = home.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        copy(&link, one.path()).unwrap();
        write(&one, &format!("{HEADER}\nnew"));

        let held = File::create(lock_of(&fs::canonicalize(&file).unwrap())).unwrap();
        held.lock().unwrap();
        save_back(&link, one.path()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), old);

        drop(held);
        save_back(&link, one.path()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), format!("{HEADER}\nnew"));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn what_is_no_file_of_cookies_does_not_take_its_place() {
        let old = format!("{HEADER}\nold");
        let (_home, file, [one, _]) = runs(&old);
        copy(&file, one.path()).unwrap();
        write(&one, "<html>");
        save_back(&file, one.path()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), old);
    }
}
