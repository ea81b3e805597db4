//! The linear program "cover all pods with fillings at least cost", in fixed point; not where fillings come from.
//!
//! A revised simplex over one row per shape. Numbers have a fixed number of binary digits, so that the answer is the same on every machine; what rounding
//! does to it can make packings dearer, never wrong: how many machines there are in the end is decided by counting pods.

use std::sync::Arc;

use super::{
    filling::{Filling, WORTH_MAX, Worths},
    lot::ShapeIx,
};
use crate::compile::table::{Id, Rows, Table};

/// Binary digits after the point of the inverse.
const DIGITS: u32 = 40;

/// Binary digits after the point of numbers of machines.
pub(super) const MACHINES: u32 = 32;

/// What is not told from zero.
const TINY: i64 = 1 << 18;

/// What is in the basis in the place of a shape.
#[derive(Clone, Debug)]
struct Column {
    /// None for pods that are covered more often than needed.
    filling: Option<Arc<Filling>>,
    cost: i64,
}

/// A basis of the program.
#[derive(Debug)]
pub(super) struct Basis {
    columns: Table<ShapeIx, Column>,
    inverse: Rows<ShapeIx, i64>,
    /// How often each column is used.
    amounts: Table<ShapeIx, i64>,
    prices: Table<ShapeIx, i64>,
    direction: Table<ShapeIx, i64>,
    pivot_row: Vec<i64>,
}

impl Basis {
    /// Each shape on machines of its own: a filling with only that shape, and its cost.
    pub(super) fn of_singles(
        singles: Vec<(Arc<Filling>, u64)>,
        demand: &Table<ShapeIx, u64>,
    ) -> Self {
        let rows = singles.len();
        let mut basis = Self {
            columns: Table::default(),
            inverse: Rows::new(rows),
            amounts: Table::default(),
            prices: Table::from_rows(vec![0; rows]),
            direction: Table::from_rows(vec![0; rows]),
            pivot_row: Vec::new(),
        };
        for ((shape, demand), (filling, cost)) in demand.iter().zip(singles) {
            let copies = filling.pods.first().map_or(1, |(_, count)| whole(*count).max(1));
            let cost = whole(cost);
            basis.columns.push(Column { filling: Some(filling), cost });
            let row = basis.inverse.push(&[], 0);
            if let Some(own) = basis.inverse[row].get_mut(shape.index()) {
                *own = (1 << DIGITS) / copies;
            }
            basis
                .amounts
                .push(clamped((i128::from(whole(*demand)) << MACHINES) / i128::from(copies)));
        }
        basis.price();
        basis
    }

    /// What a pod of each shape is worth.
    pub(super) fn worths(&self) -> Worths {
        let worths = self.prices.rows().iter();
        let worths = worths.map(|price| price.max(&0).unsigned_abs().min(WORTH_MAX));
        Table::from_rows(worths.collect())
    }

    /// Fillings that are used, and how often, in units of 2⁻³².
    pub(super) fn used(&self) -> impl Iterator<Item = (&Arc<Filling>, u64)> {
        let columns = self.columns.iter();
        columns.filter_map(|(row, column)| {
            let amount = self.amounts[row].max(0).unsigned_abs();
            Some((column.filling.as_ref()?, amount))
        })
    }

    /// What pods are worth by the costs of the columns, computed afresh.
    pub(super) fn price(&mut self) {
        let mut sums = vec![0_i128; self.prices.len()];
        for (row, column) in self.columns.iter() {
            if column.cost != 0 {
                for (sum, own) in sums.iter_mut().zip(&self.inverse[row]) {
                    *sum = sum.saturating_add(i128::from(column.cost) * i128::from(*own));
                }
            }
        }
        let prices = self.prices.rows_mut().iter_mut().zip(sums);
        prices.for_each(|(price, sum)| *price = clamped(sum >> DIGITS));
    }

    /// Uses a filling if that lowers the cost; yields whether it does. Then those pods stay covered twice whose price fell below zero.
    pub(super) fn offer(&mut self, filling: Arc<Filling>, cost: u64) -> bool {
        let worth = filling.pods.iter().fold(0_i64, |sum, (shape, count)| {
            sum.saturating_add(self.prices[*shape].saturating_mul(whole(*count)))
        });
        let cost = whole(cost);
        let gain = worth.saturating_sub(cost);
        if gain <= cost / 16_384 {
            return false;
        }
        let pods: Vec<(ShapeIx, i64)> =
            filling.pods.iter().map(|(shape, count)| (*shape, whole(*count))).collect();
        let entered = self.enter(&pods, Column { filling: Some(filling), cost }, gain);
        for _ in 0..8 {
            let least = self.prices.iter().map(|(shape, price)| (*price, shape)).min();
            let Some((price, shape)) = least.filter(|(price, _)| *price < 0) else { break };
            let spare = Column { filling: None, cost: 0 };
            if !self.enter(&[(shape, -1)], spare, price.saturating_neg()) {
                break;
            }
        }
        entered
    }

    /// Brings a column in, which gains so much, in the place of the one that runs out first.
    fn enter(&mut self, pods: &[(ShapeIx, i64)], column: Column, gain: i64) -> bool {
        for (row, step) in self.columns.ids().zip(self.direction.rows_mut()) {
            let own = &self.inverse[row];
            let sum = pods.iter().fold(0_i128, |sum, (shape, count)| {
                let own = own.get(shape.index()).copied().unwrap_or(0);
                sum.saturating_add(i128::from(own) * i128::from(*count))
            });
            *step = clamped(sum);
        }
        let ratio = |row: ShapeIx| {
            let step = self.direction[row];
            let amount = self.amounts[row].max(0);
            (step > TINY).then(|| ((i128::from(amount) << DIGITS) / i128::from(step), -step, row))
        };
        let Some((amount, _, out)) = self.columns.ids().filter_map(ratio).min() else {
            return false;
        };
        let amount = clamped(amount);
        let step = i128::from(self.direction[out]);
        self.pivot_row.clear();
        let scaled =
            self.inverse[out].iter().map(|own| clamped((i128::from(*own) << DIGITS) / step));
        self.pivot_row.extend(scaled);
        for row in self.columns.ids().filter(|row| *row != out) {
            let step = i128::from(self.direction[row]);
            if step != 0 {
                for (own, pivot) in self.inverse[row].iter_mut().zip(&self.pivot_row) {
                    if *pivot != 0 {
                        *own = clamped(i128::from(*own) - ((step * i128::from(*pivot)) >> DIGITS));
                    }
                }
                let taken = (step * i128::from(amount)) >> DIGITS;
                self.amounts[row] = clamped(i128::from(self.amounts[row]) - taken).max(0);
            }
        }
        self.inverse[out].copy_from_slice(&self.pivot_row);
        self.amounts[out] = amount;
        self.columns[out] = column;
        // The row of the column that came in prices what it gains.
        for (price, own) in self.prices.rows_mut().iter_mut().zip(&self.pivot_row) {
            *price =
                clamped(i128::from(*price) - ((i128::from(gain) * i128::from(*own)) >> DIGITS));
        }
        true
    }
}

fn whole(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

fn clamped(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}
