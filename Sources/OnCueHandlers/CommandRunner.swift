import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

extension Command {
    /// Runs the command to its end.
    ///
    /// Cancelling the task ends the command with all that it has started: SIGTERM to its process group, and SIGKILL
    /// after the grace. The call returns when that is done.
    ///
    /// - Parameters:
    ///   - input: what the command finds on its standard input.
    ///   - variables: set besides ``environment``, and stronger.
    public func run(input: [UInt8], variables: [String: String] = [:]) async throws(CommandStartError) -> CommandEnd {
        guard let program = words.first, !program.isEmpty else {
            throw CommandStartError(isNotFound: true, "there is no command to run")
        }
        let group = ProcessGroup(grace: grace)
        let configuration = configuration(program, variables: variables)
        // The child and its output are looked after by a task that is never cancelled: cancelling ends the group, and
        // what it still writes is kept. Only the task's executor is handed on.
        let work: @Sendable () async -> Result<CommandEnd, CommandStartError> = {
            let end = await Self.perform(configuration, input: input, group: group)
            let wasEnded = await group.finished()
            return end.map { end in
                var end = end
                end.isInterrupted = wasEnded
                return end
            }
        }
        let task = Task(executorPreference: Self.currentExecutor(), operation: work)
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            group.terminate()
        }
        return try result.get()
    }

    private func configuration(_ program: String, variables: [String: String]) -> Configuration {
        var values = CommandEnvironment.base
        values.merge(environment) { $1 }
        values.merge(variables) { $1 }
        var options = PlatformOptions()
        options.processGroupID = 0
        return Configuration(
            executable: program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(Array(words.dropFirst())),
            environment: .custom(
                Dictionary(
                    values.compactMap { key, value in Environment.Key(rawValue: key).map { ($0, value) } },
                    uniquingKeysWith: { $1 })),
            workingDirectory: directory.map { FilePath($0) }, platformOptions: options)
    }

    private static func perform(
        _ configuration: Configuration, input: [UInt8], group: ProcessGroup
    ) async -> Result<CommandEnd, CommandStartError> {
        do {
            let payload = try PayloadFile.make(input)
            let result = try await Subprocess.run(
                configuration, input: .fileDescriptor(payload, closeAfterSpawningProcess: true), output: .sequence,
                error: .sequence
            ) { execution in
                group.started(execution.processIdentifier.value)
                async let output = front(of: execution.standardOutput)
                async let errorText = tail(of: execution.standardError)
                return await (output, errorText)
            }
            let (output, errorText) = result.closureResult
            return .success(
                CommandEnd(
                    status: status(result.terminationStatus), output: output.bytes, isOutputCut: output.isCut,
                    errorText: errorText.text))
        } catch {
            return .failure(startError(error, configuration))
        }
    }

    /// Reads to the end, also what is not kept, so that the child is never held up. An error in reading is an end.
    private static func front(of stream: SubprocessOutputSequence) async -> FrontBuffer {
        var buffer = FrontBuffer(limit: outputBytes)
        do {
            for try await piece in stream { piece.withUnsafeBytes { buffer.append($0) } }
        } catch {
            return buffer
        }
        return buffer
    }

    private static func tail(of stream: SubprocessOutputSequence) async -> TailBuffer {
        var buffer = TailBuffer(limit: errorBytes)
        do {
            for try await piece in stream { piece.withUnsafeBytes { buffer.append($0) } }
        } catch {
            return buffer
        }
        return buffer
    }

    private static func status(_ status: TerminationStatus) -> CommandEnd.Status {
        switch status {
        case .exited(let code): .exited(code)
        case .signaled(let signal): .signalled(signal)
        }
    }

    private static func startError(_ error: any Error, _ configuration: Configuration) -> CommandStartError {
        let program = configuration.executable.description
        guard let error = error as? SubprocessError else {
            return CommandStartError(isNotFound: false, "cannot start \(program): \(error)")
        }
        switch error.code {
        case .executableNotFound:
            return CommandStartError(isNotFound: true, "cannot start \(program): there is no such program")
        case .failedToChangeWorkingDirectory:
            let directory = configuration.workingDirectory?.string ?? "."
            return CommandStartError(isNotFound: false, "cannot start \(program): cannot go to its cwd '\(directory)'")
        default:
            let cause = error.underlyingError.map { "\($0)" } ?? "\(error)"
            return CommandStartError(
                isNotFound: error.underlyingError == .noSuchFileOrDirectory, "cannot start \(program): \(cause)")
        }
    }

    private static func currentExecutor() -> (any TaskExecutor)? {
        #if compiler(>=6.3)
            if #available(macOS 26.4, *) {
                return withUnsafeCurrentTask { $0?.unownedTaskExecutor?.asTaskExecutor() }
            }
        #endif
        return nil
    }
}
