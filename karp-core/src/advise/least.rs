//! The least step that helps, among whole numbers; not what a step is.

/// The least step that helps, found from a guess on: it helps, and the step before does not.
///
/// Looks at `guess` first, then whether `most` helps at all, then doubles and halves: two questions where the guess is right, about twice the bits of the answer
/// elsewhere. Where what helps does not go on helping when it is more, it is the least of its neighbours, not of all.
pub(super) fn least(guess: u64, most: u64, mut helps: impl FnMut(u64) -> bool) -> Option<u64> {
    if most == 0 {
        return None;
    }
    let guess = guess.clamp(1, most);
    // None below or at `fails` is known to help, `works` does.
    let (mut fails, mut works) = (0, most);
    if helps(guess) {
        works = guess;
        if guess > 1 && !helps(guess - 1) {
            return Some(guess);
        }
        works = works.min(guess.saturating_sub(1).max(1));
    } else {
        fails = guess;
        if guess == most || !helps(most) {
            return None;
        }
        while let Some(next) = fails.checked_mul(2).filter(|next| *next < works) {
            if helps(next) {
                works = next;
            } else {
                fails = next;
            }
        }
    }
    while works - fails > 1 {
        let middle = fails + (works - fails) / 2;
        if helps(middle) {
            works = middle;
        } else {
            fails = middle;
        }
    }
    Some(works)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_step_is_found_from_every_guess() {
        for most in 0..40 {
            for answer in 1..60 {
                for guess in 0..70 {
                    let found = least(guess, most, |step| step >= answer);
                    let expected = (answer <= most).then_some(answer);
                    assert_eq!(found, expected, "guess {guess}, most {most}, answer {answer}");
                }
            }
        }
    }

    #[test]
    fn a_good_guess_costs_two_questions_and_any_other_two_per_bit() {
        let count = |guess, answer: u64| {
            let mut questions = 0;
            let most = i64::MAX.unsigned_abs();
            let found = least(guess, most, |step| {
                questions += 1;
                step >= answer
            });
            assert_eq!(found, Some(answer));
            questions
        };
        assert_eq!(count(1_000, 1_000), 2);
        assert!(count(1, 1 << 40) <= 85);
        assert!(count(u64::MAX, 1 << 40) <= 65);
    }

    #[test]
    fn what_helps_has_a_neighbour_that_does_not() {
        let odd_islands = |step: u64| (7..9).contains(&step) || step > 30;
        for guess in 0..50 {
            let found = least(guess, 40, odd_islands).unwrap();
            assert!(odd_islands(found) && !odd_islands(found - 1), "{found}");
        }
    }
}
