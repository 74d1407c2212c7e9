package import OnCue

/// What a run says before its end: `id` and `token` of the job with any of
///
/// * `progress` from 0 to 1, with a `message`;
/// * `checkpoint` (any JSON, kept as it stands) or `checkpoint_base64`: replaces the last one;
/// * `effect`, a key, with `result` or `result_base64`: of something that is not to be done again; the first one stays.
package struct WorkNote: Sendable {
    package var job: WorkJob
    package var contents: [JobNote.Content]

    package init(_ fields: JSONFields) throws(ValidationError) {
        job = try WorkJob(fields)
        contents = []
        if let share = try fields.number("progress") {
            contents.append(.progress(share, message: try fields.text("message")))
        }
        if let bytes = try fields.value("checkpoint") { contents.append(.checkpoint(bytes)) }
        if let key = try fields.text("effect") {
            contents.append(.effect(key: key, result: try fields.value("result") ?? []))
        }
        guard !contents.isEmpty else {
            throw ValidationError(
                field: fields.prefixed("progress"), message: "is missing, and so are checkpoint and effect; give one")
        }
    }

    /// The list of a call: up to 1,000 `notes`.
    package static func list(_ fields: JSONFields) throws(ValidationError) -> [WorkNote] {
        let objects = try fields.objects("notes")
        guard objects.count <= WorkReports.most else {
            throw ValidationError(field: "notes", message: "may have \(WorkReports.most) at most")
        }
        return try objects.map { object throws(ValidationError) in try WorkNote(object) }
    }
}
