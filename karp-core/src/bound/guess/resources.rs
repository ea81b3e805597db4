//! Worths of resources that are the same on all machines: weak where pods don't fill machines, strong for pods of odd sizes.

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, Variable};

use super::{PICO, fixed, options, solved};
use crate::bound::{market::Market, proof::Worths};

/// The best worths of resources such that no machine's capacity is worth more than it costs; pods are worth what they ask for.
pub(in crate::bound) fn of_resources_alone(market: &Market) -> Option<Worths> {
    let width = market.shapes.first()?.request.len();
    let mut demand = vec![0.0; width];
    for shape in &market.shapes {
        for (sum, amount) in demand.iter_mut().zip(&shape.request) {
            *sum += shape.count as f64 * *amount as f64;
        }
    }
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    // In shares of the whole demand, so that numbers are of one size.
    let whole: Vec<Variable> = demand
        .iter()
        .map(|sum| problem.add_var(f64::from(*sum > 0.0), (0.0, f64::INFINITY)))
        .collect();
    for machine in &market.machines {
        let mut held = LinearExpr::empty();
        for ((whole, capacity), sum) in whole.iter().zip(&machine.capacity).zip(&demand) {
            if *capacity > 0 && *sum > 0.0 {
                held.add(*whole, *capacity as f64 / sum);
            }
        }
        problem.add_constraint(held, ComparisonOp::Le, machine.price as f64 / PICO);
    }
    let solution = solved(problem.solve_with(options()))?;
    let worth: Vec<f64> = whole
        .iter()
        .zip(&demand)
        .map(
            |(whole, sum)| if *sum > 0.0 { solution.var_value(*whole).max(0.0) / sum } else { 0.0 },
        )
        .collect();
    let pod = |request: &[i64]| {
        let worths = request.iter().zip(&worth).map(|(amount, worth)| *amount as f64 * worth);
        (worths.sum::<f64>() * PICO) as u64
    };
    Some(Worths {
        pods: market.shapes.iter().map(|shape| pod(&shape.request)).collect(),
        machines: vec![fixed(&worth); market.machines.len()],
        rooms: vec![fixed(&worth); market.rooms.len()],
    })
}
