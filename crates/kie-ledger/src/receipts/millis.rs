//! Times as whole milliseconds since 1970. Every database can store such a number exactly.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serializer, de};

fn since_1970(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_millis().try_into().unwrap_or(u64::MAX)
}

fn after_1970(millis: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis))
}

pub(super) fn whole(time: SystemTime) -> SystemTime {
    after_1970(since_1970(time)).unwrap_or(time)
}

pub(super) fn serialize<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(since_1970(*time))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
    after_1970(u64::deserialize(deserializer)?).ok_or_else(|| de::Error::custom("a time out of range"))
}
