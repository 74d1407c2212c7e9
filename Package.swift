// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let exampleDependencies: [Target.Dependency] = [
    "OnCue",
    .target(name: "OnCueSQLite", condition: .when(traits: ["SQLite"])),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
]

let package = Package(
    name: "oncue",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "OnCue", targets: ["OnCue"]),
        .library(name: "OnCueSQLite", targets: ["OnCueSQLite"]),
        .library(name: "OnCueRedis", targets: ["OnCueRedis"]),
        .library(name: "OnCueServer", targets: ["OnCueServer"]),
        .library(name: "OnCuePrometheus", targets: ["OnCuePrometheus"]),
        .library(name: "OnCueRemote", targets: ["OnCueRemote"]),
        .library(name: "OnCueHandlers", targets: ["OnCueHandlers"]),
        .library(name: "OnCueTesting", targets: ["OnCueTesting"]),
        .executable(name: "oncue", targets: ["OnCueCommand"]),
    ],
    traits: [
        .trait(name: "SQLite", description: "The SQLite store, one file and no server."),
        .trait(name: "Redis", description: "The Redis client, and the parts of its store that exist."),
        .trait(name: "Server", description: "The HTTP server, its client, and handlers that are webhooks."),
        .default(enabledTraits: ["SQLite", "Redis", "Server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .target(
            name: "OnCue",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(
                    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "OnCueSQLite",
            dependencies: [
                "OnCue",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
                .product(name: "GRDBSQLite", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: swiftSettings
        ),
        // A Redis client that knows nothing of jobs.
        .target(
            name: "RedisWire",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Redis"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Redis"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Redis"])),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "OnCueRedis",
            dependencies: [
                "OnCue",
                "RedisWire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Redis"])),
            ],
            swiftSettings: swiftSettings
        ),
        // What the HTTP API says, as values with their JSON: read and written by the server and its clients.
        .target(name: "OnCueAPI", dependencies: ["OnCue"], swiftSettings: swiftSettings),
        // A store that is behind the HTTP API.
        .target(
            name: "OnCueRemote",
            dependencies: [
                "OnCue",
                "OnCueAPI",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: swiftSettings
        ),
        // The HTTP API over any store.
        .target(
            name: "OnCueServer",
            dependencies: [
                "OnCue",
                "OnCueAPI",
                "OnCuePrometheus",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Server"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Server"])),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Server"])),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: swiftSettings
        ),
        // Metrics as Prometheus reads them.
        .target(
            name: "OnCuePrometheus",
            dependencies: [
                .product(name: "CoreMetrics", package: "swift-metrics")
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "OnCueHandlers",
            dependencies: [
                "OnCue",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Server"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Server"])),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(
                    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "OnCueTesting",
            dependencies: ["OnCue"],
            swiftSettings: swiftSettings
        ),
        // Not `oncue`: on a file system that folds case it would meet `OnCue`.
        .executableTarget(
            name: "OnCueCommand",
            dependencies: [
                "OnCue",
                "OnCueHandlers",
                .target(name: "OnCueRemote", condition: .when(traits: ["Server"])),
                .target(name: "OnCueServer", condition: .when(traits: ["Server"])),
                .target(name: "OnCuePrometheus", condition: .when(traits: ["Server"])),
                .product(
                    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Server"])),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .target(name: "OnCueSQLite", condition: .when(traits: ["SQLite"])),
                .target(name: "OnCueRedis", condition: .when(traits: ["Redis"])),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(
                    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "ExampleBasic", dependencies: exampleDependencies, path: "Examples/Basic",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "ExampleProduction", dependencies: exampleDependencies, path: "Examples/Production",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "ExampleCrashRecovery", dependencies: exampleDependencies, path: "Examples/CrashRecovery",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "ExampleScheduled", dependencies: exampleDependencies, path: "Examples/Scheduled",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "OnCue",
                .target(name: "OnCueSQLite", condition: .when(traits: ["SQLite"])),
                "RedisWire",
                "RedisTestServers",
                .product(name: "GRDBSQLite", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(
                    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
            ],
            path: "Benchmarks",
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "OnCueTests",
            dependencies: [
                "OnCue",
                "OnCueTesting",
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "OnCueSQLiteTests",
            dependencies: ["OnCueSQLite", "OnCueTesting"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "RedisWireTests",
            dependencies: [
                "RedisWire",
                "RedisTestServers",
                "OnCueTesting",
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "OnCueRedisTests",
            dependencies: ["OnCueRedis", "OnCueTesting", "RedisWire", "RedisTestServers"],
            swiftSettings: swiftSettings
        ),
        // Real Redis servers for the tests: single, replicated with Sentinels, cluster.
        .target(
            name: "RedisTestServers",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Redis"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Redis"])),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(
                    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
            ],
            path: "Tests/RedisTestServers",
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "OnCueServerTests",
            dependencies: [
                "OnCueAPI",
                "OnCueServer",
                "OnCueSQLite",
                "OnCueTesting",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(
                    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "OnCueRemoteTests",
            dependencies: [
                "OnCueRemote",
                "OnCueAPI",
                "OnCueServer",
                "OnCueSQLite",
                "OnCueTesting",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "OnCuePrometheusTests",
            dependencies: ["OnCuePrometheus", .product(name: "Metrics", package: "swift-metrics")],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "OnCueHandlersTests",
            dependencies: [
                "OnCueHandlers",
                "OnCueTesting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "PlaybookTests",
            dependencies: [
                "OnCueSQLite",
                "OnCueTesting",
                "ExampleBasic",
                "ExampleProduction",
                "ExampleCrashRecovery",
                "ExampleScheduled",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(
                    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "OnCueCommandTests",
            dependencies: [
                "RedisTestServers",
                "OnCueTesting",
                "OnCueSQLite",
                "OnCueCommand",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(
                    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings
        ),
    ]
)
