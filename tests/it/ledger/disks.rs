//! File systems that are full or read-only: the ID goes into a spill file, and from there into the ledger.

use crate::support::ledger::{spilled, taken_in};
use crate::support::test_env::minting;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small file system in memory. It is unmounted on drop.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Self {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "none"]).arg(at).output().unwrap();
        assert!(mounted.status.success(), "{}", String::from_utf8_lossy(&mounted.stderr));
        Self(at.to_owned())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

#[test]
#[ignore = "needs the right to mount a file system: tests/mounts/run"]
fn a_full_disk_spills_the_id() {
    let (_listener, asst) = minting();
    let _disk = SmallDisk::mount(&asst.home().join("state/asst"));
    asst.run(["threads", "create"]).ok();
    let ballast = asst.home().join("state/asst/ballast");
    let mut file = std::fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 512]).is_ok() {}
    drop(file);
    let (ran, id) = spilled(&asst);
    assert!(ran.stderr.contains("full"), "the warning does not say why:\n{}", ran.text());
    std::fs::remove_file(ballast).unwrap();
    taken_in(&asst, &[&id]);
}

#[test]
#[ignore = "needs the right to mount a file system: tests/mounts/run"]
fn an_id_is_spilled_if_the_disk_of_the_ledger_is_read_only() {
    let (_listener, asst) = minting();
    let folder = asst.home().join("state/asst");
    let _disk = SmallDisk::mount(&folder);
    asst.run(["threads", "create"]).ok();
    let remount = |mode: &str| {
        let how = format!("remount,{mode}");
        let done = Command::new("mount").args(["-o", &how]).arg(&folder).status().unwrap();
        assert!(done.success(), "{how}");
    };
    remount("ro");
    let (_, id) = spilled(&asst);
    let ran = asst.run(["threads", "list", "-o", "id"]).code(8).says("incomplete").says("read-only");
    assert_eq!(ran.ids().len(), 1, "what can be read is shown: {}", ran.text());
    remount("rw");
    taken_in(&asst, &[&id]);
}
