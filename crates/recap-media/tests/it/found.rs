//! Which yt-dlp is found, and how recap installs its own. A shell script plays
//! Python, so nothing is downloaded.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use recap_media::{Origin, YtDlpError, find, find_or_install};
use recap_testkit::tools;

use crate::support::Place;

/// Does what Python is asked to do in an installation. `%VERSION%` and
/// `%PROBED%` are replaced; each call is written down in `calls`.
const PYTHON: &str = r#"#!/bin/sh
echo "$*" >> '%CALLS%'
case "$*" in
    *"-m yt_dlp"*) echo 2026.10.26 ;;
    *"import venv"*) echo %VERSION%; exit %PROBED% ;;
    *"-m venv"*) for last; do :; done; mkdir -p "$last/bin" && cp "$0" "$last/bin/python" ;;
    *"-m pip"*) %PIP% ;;
    *) exit 9 ;;
esac
"#;

fn write_program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
}

fn python(place: &mut Place, version: &str, probed: u8, pip: &str) -> PathBuf {
    let calls = place.data.path().join("calls");
    let text = PYTHON
        .replace("%CALLS%", calls.to_str().unwrap())
        .replace("%VERSION%", version)
        .replace("%PROBED%", &probed.to_string())
        .replace("%PIP%", pip);
    let program = place.data.path().join("tools/python3");
    write_program(&program, &text);
    program.to_str().unwrap().clone_into(&mut place.config.media.python);
    calls
}

fn count(calls: &Path, what: &str) -> usize {
    fs::read_to_string(calls).unwrap().lines().filter(|it| it.contains(what)).count()
}

#[tokio::test]
async fn the_setting_comes_first_then_the_path() {
    let mut place = Place::new();
    let bin = tools::yt_dlp().parent().unwrap().to_owned();
    let path = || Some(OsString::from(format!("relative:/nonexistent:{}", bin.display())));

    let found = find(&place.config, path()).await.unwrap();
    assert_eq!((found.origin, found.version.as_str()), (Origin::Path, "2026.10.26"));
    assert!(found.program.is_absolute());

    place.config.media.ytdlp_path = bin.join("yt-dlp").to_str().unwrap().to_owned();
    assert_eq!(find(&place.config, None).await.unwrap().origin, Origin::Setting);
    assert_eq!(place.work_left(), 0);
}

#[tokio::test]
async fn one_that_does_not_work_is_passed_over_unless_it_was_asked_for() {
    let mut place = Place::new();
    let old = place.data.path().join("bin/yt-dlp");
    write_program(&old, "#!/bin/sh\necho 2023.01.06\n");
    let path = || Some(OsString::from(old.parent().unwrap()));
    assert!(matches!(find(&place.config, path()).await, Err(YtDlpError::NotFound)));

    place.config.media.ytdlp_path = old.to_str().unwrap().to_owned();
    let error = find(&place.config, None).await.unwrap_err().to_string();
    assert!(error.contains("2023.01.06") && error.contains("2025.11.12"), "{error}");
}

#[tokio::test]
async fn a_script_for_env_is_given_its_python() {
    let mut place = Place::new();
    python(&mut place, "3.12", 0, "exit 0");
    let script = place.data.path().join("bin/yt-dlp");
    write_program(&script, "#!/usr/bin/env python3\n");
    place.config.media.ytdlp_path = script.to_str().unwrap().to_owned();

    let error = find(&place.config, None).await.unwrap_err().to_string();
    assert!(error.contains("`python3`, which is not on the PATH"), "{error}");
}

#[tokio::test]
async fn a_copy_is_installed_once_and_then_found() {
    let mut place = Place::new();
    let calls = python(&mut place, "3.12", 0, "exit 0");
    let leftover = place.data.path().join("yt-dlp/.building-2026.10.26/half");
    write_program(&leftover, "");

    let said = RefCell::new(Vec::new());
    let say = |line: &str| said.borrow_mut().push(line.to_owned());
    let installed = find_or_install(&place.config, None, say).await.unwrap();
    assert_eq!((installed.origin, installed.version.as_str()), (Origin::Managed, "2026.10.26"));
    assert_eq!(installed.arguments, ["-I", "-m", "yt_dlp"]);
    assert!(installed.program.ends_with("yt-dlp/2026.10.26/bin/python"));
    assert!(!leftover.exists());
    insta::assert_debug_snapshot!(said.borrow());

    let pip = fs::read_to_string(&calls).unwrap();
    let pip = pip.lines().find(|it| it.contains("-m pip")).unwrap();
    insta::assert_snapshot!(pip);

    assert_eq!(find_or_install(&place.config, None, |_| ()).await.unwrap(), installed);
    assert_eq!(count(&calls, "-m pip"), 1);
}

#[tokio::test]
async fn two_at_once_install_once() {
    let mut place = Place::new();
    let calls = python(&mut place, "3.12", 0, "/bin/sleep 0.3");
    let config = &place.config;
    let install = || find_or_install(config, None, |_| ());
    let (one, two) = tokio::join!(install(), install());
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(count(&calls, "-m pip"), 1);
}

#[tokio::test]
async fn a_copy_that_broke_is_made_anew() {
    let mut place = Place::new();
    let calls = python(&mut place, "3.12", 0, "exit 0");
    let installed = find_or_install(&place.config, None, |_| ()).await.unwrap();
    write_program(&installed.program, "#!/bin/sh\nexit 1\n");
    assert!(matches!(find(&place.config, None).await, Err(YtDlpError::NotFound)));
    assert_eq!(find_or_install(&place.config, None, |_| ()).await.unwrap(), installed);
    assert_eq!(count(&calls, "-m pip"), 2);
}

#[track_caller]
fn check(version: &str, probed: u8, pip: &str, change: impl FnOnce(&mut Place), expected: &str) {
    let mut place = Place::new();
    python(&mut place, version, probed, pip);
    change(&mut place);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(find_or_install(&place.config, None, |_| ())).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    let kept = fs::read_dir(place.data.path().join("yt-dlp")).unwrap().count();
    assert_eq!(kept, 1, "only the lock");
}

#[test]
fn an_installation_that_fails_says_the_mend_and_leaves_nothing() {
    check("3.9", 1, "exit 0", |_| (), "is Python 3.9, and yt-dlp needs 3.11 or newer");
    check("3.12", 1, "exit 0", |_| (), "apt install python3-venv");
    let gone = |place: &mut Place| place.config.media.python = "python9".to_owned();
    check("3.12", 0, "exit 0", gone, "`python9`, which was not found");
    let no_index =
        "echo 'ERROR: No matching distribution found for yt-dlp at https://u:p@index/' >&2; exit 1";
    check(
        "3.12",
        0,
        no_index,
        |_| (),
        "pip failed: ERROR: No matching distribution found for yt-dlp at <address>",
    );
}

/// Debian's Python comes without `venv`. Only root may add it, and only root is
/// not asked.
#[tokio::test]
async fn a_python_without_venv_is_completed_by_root() {
    let mut place = Place::new();
    let calls = python(&mut place, "3.12", 0, "exit 0");
    let (mark, bin) = (place.data.path().join("mark"), place.data.path().join("bin"));
    let program = PathBuf::from(&place.config.media.python);
    let probe = format!("echo 3.12; [ -e '{}' ] || exit 1 ;;", mark.display());
    let text = fs::read_to_string(&program).unwrap().replace("echo 3.12; exit 0 ;;", &probe);
    write_program(&program, &text);
    let apt = "#!/bin/sh\necho \"apt-get $*\" >> '%CALLS%'\n\
               case \"$*\" in *install*python3-venv) : > '%MARK%' ;; esac\n";
    let apt = apt.replace("%CALLS%", calls.to_str().unwrap());
    write_program(&bin.join("apt-get"), &apt.replace("%MARK%", mark.to_str().unwrap()));

    let found = find_or_install(&place.config, Some(bin.into()), |_| ()).await;
    if rustix::process::geteuid().is_root() {
        assert_eq!(found.unwrap().origin, Origin::Managed);
        assert_eq!(count(&calls, "apt-get"), 2, "the lists, then the package");
    } else {
        assert!(matches!(found, Err(YtDlpError::VenvMissing { .. })));
        assert_eq!(count(&calls, "apt-get"), 0);
    }
}

#[tokio::test]
async fn a_version_is_not_a_path() {
    let mut place = Place::new();
    for version in ["../../etc", "-x", "1/2", ".."] {
        place.config.media.ytdlp_version = version.to_owned();
        let error = find(&place.config, None).await.unwrap_err();
        assert!(matches!(error, YtDlpError::InvalidVersion), "{version}");
    }
}
