//! Deterministic backends and scenarios for karp.
