//! The service's own messages for its codes, from its documentation and from recorded responses of the live service.

/// Returns the message of a refused request with this code.
pub(crate) fn of_refusal(code: i64) -> &'static str {
    match code {
        400 => "Format error - Parameters are not in valid JSON format",
        401 => "You do not have access permissions",
        402 => "The current credits are insufficient. Please top up.",
        404 => "Not found",
        405 => "Rate limit exceeded",
        409 => "Conflict - WAV record already exists",
        413 => "Theme or prompt too long",
        422 => "Record does not exist",
        429 => "Rate Limited - Request limit has been exceeded for this resource",
        430 => "Your call frequency is too high. Please try again later.",
        451 => "Failed to fetch the file",
        455 => "System maintenance",
        500 => "Server Error - An unexpected error occurred while processing the request",
        505 => "Feature disabled",
        _ => "refused",
    }
}

/// Returns the message of a failed task with this code.
pub(crate) fn of_failure(code: i64) -> &'static str {
    match code {
        400 => "Validation Error - Lyrics contained copyrighted material.",
        408 => "Rate Limited - Timeout.",
        413 => "Conflict - Uploaded audio matches existing work of art.",
        451 => "download failed",
        500 => "Internal Error - Please try again later.",
        531 => "Server error - Generation failed, credits refunded",
        _ => "Audio generation failed.",
    }
}
