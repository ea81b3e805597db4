//! Files, folders and what in them can't be read.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
};

use karp_core::k8s::{ManifestError, Manifests};

/// A folder of its own that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("karp-reading-{}-{name}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn node(name: &str) -> String {
    format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {{\"name\": \"{name}\"}}}}"
    )
}

#[test]
fn folders_are_read_in_the_order_of_names_with_all_folders_in_them() {
    let folder = Folder::new("order");
    folder.write("b.yaml", &node("n1"));
    folder.write("a/c.yml", &node("n1"));
    folder.write("a/d.json", &node("n2"));
    folder.write("README.md", "not a manifest: [");
    folder.write("e.yaml", "kind: [");
    let manifests = Manifests::read([folder.path()]).unwrap();
    assert_eq!(manifests.len(), 2);
    let told: Vec<String> = manifests
        .errors()
        .iter()
        .map(|error| error.to_string().replace(&folder.path().display().to_string(), "F"))
        .collect();
    assert_eq!(
        told[0],
        "F/b.yaml, document 1 (line 1): Node n1 takes the place of the one at F/a/c.yml, document 1 (line 1)"
    );
    assert!(told[1].starts_with("F/e.yaml, document 1 (line 1): line 1, column"), "{}", told[1]);
    assert_eq!(told.len(), 2);
}

#[test]
fn a_mistyped_path_is_an_error() {
    let error = Manifests::read(["no-such-folder/no-such-file.yaml"]).unwrap_err();
    assert_eq!(error.code(), "unreadable-file");
    assert!(error.to_string().starts_with("no-such-folder/no-such-file.yaml: "), "{error}");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_inside_a_folder_is_told_and_the_rest_is_read() {
    let folder = Folder::new("broken");
    folder.write("a.yaml", &node("n1"));
    std::os::unix::fs::symlink(folder.path().join("gone"), folder.path().join("b.yaml")).unwrap();
    let manifests = Manifests::read([folder.path()]).unwrap();
    assert_eq!(manifests.len(), 1);
    let [ManifestError::Unreadable { path, .. }] = manifests.errors() else {
        panic!("{:?}", manifests.errors());
    };
    assert!(path.ends_with("b.yaml"));
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_end() {
    let folder = Folder::new("circle");
    folder.write("a/n.yaml", &node("n1"));
    std::os::unix::fs::symlink(folder.path(), folder.path().join("a/up")).unwrap();
    let manifests = Manifests::read([folder.path()]).unwrap();
    assert_eq!((manifests.len(), manifests.errors().len()), (1, 0));
}
