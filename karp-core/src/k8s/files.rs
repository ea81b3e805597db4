//! Manifests from files, folders and standard input; not their contents.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::{Document, ManifestError, Manifests, documents};

/// Files of a folder that are read.
const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];

impl Manifests {
    /// Reads files and folders; `-` is standard input.
    ///
    /// Folders are read with all folders in them, in the order of names, and of them `*.yaml`, `*.yml` and `*.json` files only; a
    /// folder that is reached twice is read once. What can't be read inside a folder is among the [`errors`](Self::errors).
    ///
    /// # Errors
    ///
    /// [`ManifestError::Unreadable`] for the first of `paths` that can't be read itself: somebody mistyped it.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), karp_core::k8s::ManifestError> {
    /// let manifests = karp_core::k8s::Manifests::read(["cluster/", "extra.yaml"])?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn read<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Self, ManifestError> {
        Self::read_showing(paths, |_| {})
    }

    /// [`read`](Self::read), with a look at every document as it is written, before it is read: for what the objects of the model leave out,
    /// such as where they stand.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_showing<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
        mut look: impl FnMut(&Document),
    ) -> Result<Self, ManifestError> {
        let mut manifests = Self::new();
        for path in paths {
            manifests.add_path_showing(path.as_ref(), &mut look)?;
        }
        Ok(manifests)
    }

    /// Reads a further file or folder, or `-`.
    ///
    /// # Errors
    ///
    /// [`ManifestError::Unreadable`] if the path can't be read itself.
    pub fn add_path(&mut self, path: impl AsRef<Path>) -> Result<(), ManifestError> {
        self.add_path_showing(path.as_ref(), &mut |_| {})
    }

    fn add_path_showing(
        &mut self,
        path: &Path,
        look: &mut dyn FnMut(&Document),
    ) -> Result<(), ManifestError> {
        let unreadable = |error: io::Error| unreadable(path, &error);
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map_err(unreadable)?;
            self.add_showing("-", &bytes, look);
        } else if path.is_dir() {
            let entries = entries(path).map_err(unreadable)?;
            let mut seen = BTreeSet::new();
            seen.extend(path.canonicalize().ok());
            self.add_entries(entries, &mut seen, look);
        } else {
            let bytes = fs::read(path).map_err(unreadable)?;
            self.add_showing(&path.to_string_lossy(), &bytes, look);
        }
        Ok(())
    }

    /// Reads what a folder holds; `seen` are the folders that were entered, so that links in a circle end.
    fn add_entries(
        &mut self,
        entries: Vec<PathBuf>,
        seen: &mut BTreeSet<PathBuf>,
        look: &mut dyn FnMut(&Document),
    ) {
        for path in entries {
            let read = if path.is_dir() {
                path.canonicalize().and_then(|canonical| {
                    if seen.insert(canonical) {
                        self.add_entries(self::entries(&path)?, seen, look);
                    }
                    Ok(())
                })
            } else if is_manifest(&path) {
                fs::read(&path).map(|bytes| self.add_showing(&path.to_string_lossy(), &bytes, look))
            } else {
                Ok(())
            };
            if let Err(error) = read {
                self.add_error(unreadable(&path, &error));
            }
        }
    }

    fn add_showing(&mut self, name: &str, text: &[u8], look: &mut dyn FnMut(&Document)) {
        for document in documents(name, text) {
            look(&document);
            self.add_document(document);
        }
    }
}

/// Paths in a folder, in the order of names.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    Ok(paths)
}

/// Whether a path in a folder is read: special files (pipes, sockets) are not, since reading them may never end.
fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        && fs::metadata(path).map_or(true, |metadata| metadata.is_file())
}

fn unreadable(path: &Path, error: &io::Error) -> ManifestError {
    ManifestError::Unreadable { path: path.display().to_string(), problem: error.to_string() }
}
