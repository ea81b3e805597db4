//! Reading a stream ends without a panic, and documents come in order, each with its place.
#![no_main]

use karp_core::k8s::documents;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = documents("fuzz", bytes);
    assert!(read.is_sorted_by_key(|document| (document.document, document.line)));
    for document in read {
        assert!(document.document > 0 && document.line > 0);
        assert!(document.value.is_err() || document.value.is_ok_and(|value| value.is_object()));
    }
});
