/// Names as Prometheus allows them.
enum PrometheusName {
    /// A metric's name: what is not allowed becomes an underscore, and what has to stand at its end is added.
    static func metric(_ label: String, suffix: String = "") -> String {
        var name = cleaned(label, colonIsFine: true)
        if !suffix.isEmpty, !name.hasSuffix(suffix) { name += suffix }
        return name
    }

    /// The names of labels, each once and none of those that Prometheus keeps to itself.
    static func labels(_ dimensions: [(String, String)], isHistogram: Bool) -> [(String, String)] {
        var seen: Set<String> = []
        return dimensions.map { name, value in
            var name = cleaned(name, colonIsFine: false)
            while name.hasPrefix("__") { name.removeFirst() }
            if isHistogram, name == "le" { name = "le_" }
            while !seen.insert(name).inserted { name += "_" }
            return (name, value)
        }
    }

    private static func cleaned(_ text: String, colonIsFine: Bool) -> String {
        var name = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ":") where colonIsFine: name += ":"
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if name.isEmpty { name = "_" }
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default: name += "_"
            }
        }
        return name.isEmpty ? "_" : name
    }
}
