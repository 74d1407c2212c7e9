import OnCueHandlers
import Testing

@Suite struct NetworkAddressTests {
    @Test(
        arguments: [
            "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1", "224.0.0.1",
            "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1",
            "fdff::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:c0a8:101", "::192.168.0.1",
            "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1", "2001::1", "2001:db8::1",
            "100::1",
            "4000::1",
        ])
    func isNotPublic(text: String) throws {
        #expect(try !#require(NetworkAddress(text)).isPublic)
        #expect(try !AddressPolicy.publicOnly.allows(#require(NetworkAddress(text))))
        #expect(try AddressPolicy.everything.allows(#require(NetworkAddress(text))))
    }

    @Test(
        arguments: [
            "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
            "192.167.255.255", "192.169.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8", "2002:808:808::1",
        ])
    func isPublic(text: String) throws {
        #expect(try #require(NetworkAddress(text)).isPublic)
    }

    @Test(arguments: ["", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "1.2.3.4.5", "[::1]", "1.2.3.4/8", ":::"])
    func isNoAddress(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test func rangesHoldTheirAddresses() throws {
        let range = try #require(AddressRange("10.2.0.0/15"))
        for (text, isIn) in [
            ("10.1.255.255", false), ("10.2.0.0", true), ("10.3.255.255", true), ("10.4.0.0", false), ("::1", false),
        ] {
            #expect(try range.contains(#require(NetworkAddress(text))) == isIn, "\(text)")
        }
        #expect(try #require(AddressRange("192.168.7.7")).contains(#require(NetworkAddress("192.168.7.7"))))
        #expect(try !#require(AddressRange("192.168.7.7")).contains(#require(NetworkAddress("192.168.7.6"))))
        #expect(try #require(AddressRange("fd00::/8")).contains(#require(NetworkAddress("fdab::1"))))
        #expect(try #require(AddressRange("::/0")).contains(#require(NetworkAddress("ff02::1"))))
        for text in ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10/8", "x/8", "::/129", ""] {
            #expect(AddressRange(text) == nil, "\(text)")
        }
    }

    @Test func aListAllowsWhatItHolds() throws {
        let policy = AddressPolicy.publicAnd([try #require(AddressRange("10.0.0.0/8"))])
        #expect(try policy.allows(#require(NetworkAddress("10.9.9.9"))))
        #expect(try policy.allows(#require(NetworkAddress("8.8.8.8"))))
        #expect(try !policy.allows(#require(NetworkAddress("127.0.0.1"))))
        #expect(try !policy.allows(#require(NetworkAddress("::ffff:10.9.9.9"))))
    }
}
