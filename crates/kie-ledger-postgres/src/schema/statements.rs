//! The statements of a ledger. Each is one transaction.

/// Defines the struct of all statements. `{schema}` in a text stands for the name of the schema.
macro_rules! statements {
    ($($(#[$docs:meta])* $name:ident = $sql:literal;)*) => {
        /// Texts of all statements, with the name of the schema filled in.
        #[derive(Debug)]
        pub(crate) struct Statements {
            $($(#[$docs])* pub(crate) $name: String,)*
        }

        impl Statements {
            pub(crate) fn new(schema: &str) -> Self {
                Self { $($name: $sql.replace("{schema}", schema),)* }
            }
        }
    };
}

statements! {
    write_receipt = "SELECT * FROM {schema}.write_receipt($1, $2, $3, $4, $5)";
    update_receipt = "SELECT * FROM {schema}.update_receipt($1, $2, $3, $4, $5, $6)";
    acquire_send = "SELECT * FROM {schema}.acquire_send($1, $2, $3, $4, $5, $6, $7, $8)";
    receive_callback = "SELECT * FROM {schema}.receive_callback($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    claim_receipt = "SELECT * FROM {schema}.claim_receipt($1, $2, $3)";
    release_claim = "
        DELETE FROM {schema}.claims
        WHERE receipt = (SELECT r.number FROM {schema}.receipts r WHERE r.id = $1) AND holder = $2
    ";
    remove_old = "SELECT {schema}.remove_old($1, $2, $3)";

    receipt_by_id = "SELECT id, version, receipt FROM {schema}.receipts WHERE id = $1";
    receipt_by_name = "SELECT id, version, receipt FROM {schema}.receipts WHERE name_hash = sha256($1)";
    receipt_by_task = "
        SELECT id, version, receipt FROM {schema}.receipts WHERE task_hash = sha256($1) ORDER BY number LIMIT 1
    ";
    callback_body = "SELECT body FROM {schema}.bodies WHERE task_hash = sha256($1)";

    unfinished = "
        SELECT id, version, receipt, number FROM {schema}.receipts
        WHERE finished_at IS NULL AND number > $1 ORDER BY number LIMIT $2
    ";
    /// Returns one row with empty columns if no unfinished receipt follows, and no row if the receipt is unknown.
    unfinished_after = "
        SELECT page.id, page.version, page.receipt, page.number FROM {schema}.receipts before
        LEFT JOIN LATERAL (
            SELECT r.id, r.version, r.receipt, r.number FROM {schema}.receipts r
            WHERE r.finished_at IS NULL AND r.number > before.number ORDER BY r.number LIMIT $2
        ) page ON true
        WHERE before.id = $1 ORDER BY page.number
    ";
    recent = "
        SELECT id, version, receipt, number FROM {schema}.receipts WHERE number < $1 ORDER BY number DESC LIMIT $2
    ";
    recent_before = "
        SELECT page.id, page.version, page.receipt, page.number FROM {schema}.receipts later
        LEFT JOIN LATERAL (
            SELECT r.id, r.version, r.receipt, r.number FROM {schema}.receipts r
            WHERE r.number < later.number ORDER BY r.number DESC LIMIT $2
        ) page ON true
        WHERE later.id = $1 ORDER BY page.number DESC
    ";

    callbacks_after = "
        SELECT number, task_id, digest, receipt FROM {schema}.callbacks WHERE number > $1 ORDER BY number LIMIT $2
    ";
    latest_callbacks = "
        SELECT number, task_id, digest, receipt FROM {schema}.callbacks ORDER BY number DESC LIMIT $1
    ";
}
