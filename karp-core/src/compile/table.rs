//! Dense tables addressed by typed ids: the one place of the solver that indexes; not hashing, not ordering.
//!
//! An id is made by the table that it addresses and never outlives it, so that a miss is a fault of this crate, not of its input.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Index, IndexMut},
};

/// A dense number with a meaning.
pub(crate) trait Id: Copy + fmt::Debug {
    /// The id of the row at `index`.
    fn at(index: usize) -> Self;

    /// The row's index.
    fn index(self) -> usize;
}

/// Declares id types.
macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
            pub(crate) struct $name(u32);

            impl $crate::compile::table::Id for $name {
                #[inline]
                fn at(index: usize) -> Self {
                    // No table holds 2^32 rows: each row is backed by an object of the snapshot or by a step of the solve.
                    Self(u32::try_from(index).unwrap_or(u32::MAX))
                }

                #[inline]
                fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )*
    };
}
pub(crate) use id_types;

/// One row per id.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Table<I, T> {
    rows: Vec<T>,
    id: PhantomData<fn(I)>,
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self { rows: Vec::new(), id: PhantomData }
    }
}

impl<I: Id, T> Table<I, T> {
    /// A table of these rows.
    pub(crate) const fn from_rows(rows: Vec<T>) -> Self {
        Self { rows, id: PhantomData }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: T) -> I {
        let id = I::at(self.rows.len());
        self.rows.push(row);
        id
    }

    /// Makes the table at least as long as needed for `id`.
    pub(crate) fn reach(&mut self, id: I, row: impl FnMut() -> T) {
        if self.rows.len() <= id.index() {
            self.rows.resize_with(id.index() + 1, row);
        }
    }

    /// Number of rows.
    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row, if the table reaches so far.
    pub(crate) fn get(&self, id: I) -> Option<&T> {
        self.rows.get(id.index())
    }

    /// Rows with their ids.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> {
        self.rows.iter().enumerate().map(|(index, row)| (I::at(index), row))
    }

    /// Ids of all rows.
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = I> + use<I, T> {
        (0..self.rows.len()).map(I::at)
    }

    /// All rows.
    pub(crate) fn rows(&self) -> &[T] {
        &self.rows
    }

    /// Removes all rows.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }

    /// All rows.
    pub(crate) fn rows_mut(&mut self) -> &mut [T] {
        &mut self.rows
    }
}

#[expect(clippy::indexing_slicing, reason = "ids come from the table that they address")]
impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, id: I) -> &T {
        &self.rows[id.index()]
    }
}

#[expect(clippy::indexing_slicing, reason = "ids come from the table that they address")]
impl<I: Id, T> IndexMut<I> for Table<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }
}

impl<I, T: fmt::Debug> fmt::Debug for Table<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.rows).finish()
    }
}

/// One slice of `width` cells per id, in one allocation.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Rows<I, T> {
    cells: Vec<T>,
    width: usize,
    len: usize,
    id: PhantomData<fn(I)>,
}

impl<I: Id, T: Copy> Rows<I, T> {
    /// No rows yet, each of `width` cells.
    pub(crate) const fn new(width: usize) -> Self {
        Self { cells: Vec::new(), width, len: 0, id: PhantomData }
    }

    /// No rows, as wide as these.
    pub(crate) const fn none(&self) -> Self {
        Self::new(self.width)
    }

    /// Number of rows.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Removes all rows.
    pub(crate) fn clear(&mut self) {
        self.cells.clear();
        self.len = 0;
    }

    /// Adds a row; cells beyond those given are `fill`.
    pub(crate) fn push(&mut self, row: &[T], fill: T) -> I {
        let id = I::at(self.len);
        self.cells.extend(row.iter().copied().take(self.width));
        self.len += 1;
        self.cells.resize(self.len * self.width, fill);
        id
    }
}

#[expect(clippy::indexing_slicing, reason = "ids come from the table that they address")]
impl<I: Id, T> Index<I> for Rows<I, T> {
    type Output = [T];

    #[inline]
    fn index(&self, id: I) -> &[T] {
        let start = id.index() * self.width;
        &self.cells[start..start + self.width]
    }
}

#[expect(clippy::indexing_slicing, reason = "ids come from the table that they address")]
impl<I: Id, T> IndexMut<I> for Rows<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut [T] {
        let start = id.index() * self.width;
        &mut self.cells[start..start + self.width]
    }
}

impl<I, T: fmt::Debug> fmt::Debug for Rows<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.cells.chunks(self.width.max(1))).finish()
    }
}
