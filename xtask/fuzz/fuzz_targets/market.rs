#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kie_fuzz::market(data));
