//! Decides which IP addresses are public. The tables follow the IANA registries of special-purpose addresses
//! (`iana-ipv4-special-registry` and `iana-ipv6-special-registry`). The function `is_global` of the standard
//! library is not stable, and does not look at an IPv4 address inside an IPv6 address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 ranges that are not global unicast addresses, with the length of their prefix.
#[rustfmt::skip]
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0),        8),  // this network
    (Ipv4Addr::new(10, 0, 0, 0),       8),  // private
    (Ipv4Addr::new(100, 64, 0, 0),    10),  // shared by the customers of a provider
    (Ipv4Addr::new(127, 0, 0, 0),      8),  // loopback
    (Ipv4Addr::new(169, 254, 0, 0),   16),  // link-local
    (Ipv4Addr::new(172, 16, 0, 0),    12),  // private
    (Ipv4Addr::new(192, 0, 0, 0),     24),  // IETF protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0),     24),  // documentation
    (Ipv4Addr::new(192, 88, 99, 0),   24),  // relays of 6to4
    (Ipv4Addr::new(192, 168, 0, 0),   16),  // private
    (Ipv4Addr::new(198, 18, 0, 0),    15),  // benchmarking
    (Ipv4Addr::new(198, 51, 100, 0),  24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0),   24),  // documentation
    (Ipv4Addr::new(224, 0, 0, 0),      4),  // multicast
    (Ipv4Addr::new(240, 0, 0, 0),      4),  // reserved, and broadcast
];

/// IPv6 ranges of global unicast addresses.
const GLOBAL_V6: [(Ipv6Addr, u32); 2] = [(v6([0x2000, 0, 0, 0, 0, 0, 0, 0]), 3), (NAT64, 96)];

/// IPv6 ranges inside of [`GLOBAL_V6`] that are not global unicast addresses.
#[rustfmt::skip]
const SPECIAL_V6: [(Ipv6Addr, u32); 3] = [
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0]),      23),  // IETF protocol assignments: benchmarking, ORCHID and others
    (v6([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0]), 32),  // documentation
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0]),      20),  // documentation
];

/// Prefix of Teredo. It is inside of a range of [`SPECIAL_V6`], but Teredo addresses can be global: as for 6to4
/// addresses, this depends on the IPv4 addresses that they carry.
const TEREDO: (Ipv6Addr, u32) = (v6([0x2001, 0, 0, 0, 0, 0, 0, 0]), 32);

/// IPv4 ranges of this machine and of its networks.
#[rustfmt::skip]
const INTERNAL_V4: [(Ipv4Addr, u32); 9] = [
    (Ipv4Addr::new(0, 0, 0, 0),         8),  // this machine, on many systems
    (Ipv4Addr::new(10, 0, 0, 0),        8),
    (Ipv4Addr::new(127, 0, 0, 0),       8),
    (Ipv4Addr::new(169, 254, 0, 0),    16),  // link-local, and the metadata of most clouds
    (Ipv4Addr::new(172, 16, 0, 0),     12),
    (Ipv4Addr::new(192, 168, 0, 0),    16),
    (Ipv4Addr::new(224, 0, 0, 0),       4),  // multicast
    (Ipv4Addr::new(255, 255, 255, 255), 32), // broadcast
    (Ipv4Addr::new(192, 0, 0, 192),    32),  // metadata of Oracle Cloud
];

/// IPv4 addresses outside of private ranges at which clouds serve the metadata and keys of a machine: those of Alibaba
/// Cloud and of Azure.
const METADATA: [Ipv4Addr; 2] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16)];

/// IPv6 ranges of this machine and of its networks.
#[rustfmt::skip]
const INTERNAL_V6: [(Ipv6Addr, u32); 5] = [
    (v6([0, 0, 0, 0, 0, 0, 0, 0]),      127),  // unspecified, and loopback
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0]),   7),  // unique local
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0]),  10),  // link-local
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0]),  10),  // site-local
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0]),   8),  // multicast
];

/// Prefix of the addresses that NAT64 translates to IPv4.
const NAT64: Ipv6Addr = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0]);

const fn v6(segments: [u16; 8]) -> Ipv6Addr {
    let [a, b, c, d, e, f, g, h] = segments;
    Ipv6Addr::new(a, b, c, d, e, f, g, h)
}

/// Returns `true` if the address is a global unicast address at which no cloud serves metadata. A link of the service
/// may contain such an address. An IPv6 address that carries IPv4 addresses is global only if these are global too.
pub(crate) fn is_global(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !is_in_v4(address, &SPECIAL_V4) && !METADATA.contains(&address),
        IpAddr::V6(address) => {
            let is_special = is_in_v6(address, &SPECIAL_V6) && !is_in_v6(address, &[TEREDO]);
            let mut carried = carried(address).into_iter().flatten();
            is_in_v6(address, &GLOBAL_V6) && !is_special && carried.all(|address| is_global(address.into()))
        }
    }
}

/// Returns `true` if the address belongs to this machine or to one of its networks, or serves the metadata of a cloud.
/// A public host name must not lead to such an address. For public names, some resolvers return addresses that are not
/// global: addresses with the local prefix of NAT64, and addresses of the benchmarking range, which proxies on the same
/// machine use. This function returns `false` for them, unless they carry an internal IPv4 address.
pub(crate) fn is_internal(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_in_v4(address, &INTERNAL_V4) || METADATA.contains(&address),
        IpAddr::V6(address) => {
            let mut carried = carried(address).into_iter().flatten();
            is_in_v6(address, &INTERNAL_V6) || carried.any(|address| is_internal(address.into()))
        }
    }
}

/// Returns the IPv4 addresses inside of an IPv6 address of these kinds: IPv4-compatible, IPv4-translated, NAT64 with
/// the well-known prefix and with the local prefix (if the prefix has 96 bits), 6to4, Teredo and ISATAP. A Teredo
/// address contains two IPv4 addresses: those of the server and of the client. An ISATAP address with a prefix of 6to4
/// contains two as well. IPv4-mapped addresses are not handled, because `to_canonical` returns them as IPv4.
fn carried(address: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    let of = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None, None],
        [0, 0, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low] => [of(high, low), None],
        [0x2002, high, low, _, 0 | 0x200, 0x5efe, isatap_high, isatap_low] => {
            [of(high, low), of(isatap_high, isatap_low)]
        }
        [0x2002, high, low, ..] => [of(high, low), None],
        [0x2001, 0, high, low, _, _, client_high, client_low] => [of(high, low), of(!client_high, !client_low)],
        [.., 0 | 0x200, 0x5efe, high, low] => [of(high, low), None],
        _ => [None, None],
    }
}

fn is_in_v4(address: Ipv4Addr, ranges: &[(Ipv4Addr, u32)]) -> bool {
    let has_prefix =
        |&(prefix, length): &(Ipv4Addr, u32)| (address.to_bits() ^ prefix.to_bits()).leading_zeros() >= length;
    ranges.iter().any(has_prefix)
}

fn is_in_v6(address: Ipv6Addr, ranges: &[(Ipv6Addr, u32)]) -> bool {
    let has_prefix =
        |&(prefix, length): &(Ipv6Addr, u32)| (address.to_bits() ^ prefix.to_bits()).leading_zeros() >= length;
    ranges.iter().any(has_prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses that may not be written in a link and to which no public name may lead.
    #[rustfmt::skip]
    const INTERNAL: [&str; 49] = [
        // IPv4: this network, private, loopback, link-local, multicast, broadcast, metadata
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "224.0.0.1", "239.255.255.250",
        "255.255.255.255", "100.100.100.200", "192.0.0.192", "168.63.129.16",
        // IPv6: unspecified, loopback, unique local, link-local, site-local, multicast
        "::", "::1", "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "feff::1", "ff02::1", "ff0e::1",
        // mapped, compatible, translated
        "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:a9fe:a9fe", "::127.0.0.1", "::a9fe:a9fe", "::10.0.0.1",
        "::ffff:0:127.0.0.1", "::ffff:0:a00:1",
        // NAT64 with both prefixes
        "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "64:ff9b:1:2:3:4:a00:1",
        // 6to4
        "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::1", "2002:c0a8:101::1",
        // Teredo: a private server, and a private client, whose bits are inverted
        "2001:0:a00:1::f7f7:f7f7", "2001:0:808:808::f5ff:fffe",
        // ISATAP, with a public prefix and with that of 6to4
        "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:192.168.1.1", "2002:808:808::5efe:10.0.0.1",
    ];

    /// Addresses that may not be written in a link, but to which a resolver may lead.
    #[rustfmt::skip]
    const SPECIAL: [&str; 26] = [
        "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "240.0.0.1", "255.255.255.254",
        "::ffff:198.18.0.1", "::8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::198.18.0.1", "64:ff9b:1::808:808", "2002:c612:1::1",
        "100::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff::1", "2001:db8::1", "3fff:fff::1", "5f00::1",
        "4000::1",
    ];

    /// Addresses at the edges of the ranges above, and addresses that carry public ones.
    #[rustfmt::skip]
    const GLOBAL: [&str; 26] = [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.88.98.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
        "2001:0:808:808::f7f7:f7f7", "2606:4700::5efe:8.8.8.8", "2001:200::1", "2001:db7::1", "2606:4700::1",
        "2a00:1450::1",
    ];

    #[test]
    fn each_class_of_addresses_is_judged() {
        let rows = INTERNAL.map(|address| (address, false, true)).into_iter();
        let rows = rows.chain(SPECIAL.map(|address| (address, false, false)));
        for (address, global, internal) in rows.chain(GLOBAL.map(|address| (address, true, false))) {
            let parsed = address.parse().unwrap();
            assert_eq!((is_global(parsed), is_internal(parsed)), (global, internal), "{address}");
        }
    }

    #[test]
    fn every_prefix_ends_with_its_length() {
        for (prefix, length) in [&SPECIAL_V4[..], &INTERNAL_V4].concat() {
            assert!(length == 32 || prefix.to_bits() << length == 0, "{prefix}/{length}");
        }
        for (prefix, length) in [&SPECIAL_V6[..], &INTERNAL_V6, &GLOBAL_V6].concat() {
            assert!(prefix.to_bits() << length == 0, "{prefix}/{length}");
        }
    }
}
