-- Times are in microseconds since 1970, by the clock of the database.
--
-- `name_hash` and `task_hash` are SHA-256 hashes: a name may be longer than the longest entry of an index, and may contain the
-- character U+0000, which a text of PostgreSQL cannot contain.
CREATE TABLE {schema}.receipts (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    version bigint NOT NULL DEFAULT 1,
    name_hash bytea,
    task_hash bytea,
    finished_at bigint,
    receipt text NOT NULL
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX receipts_name ON {schema}.receipts (name_hash) WHERE name_hash IS NOT NULL;
CREATE INDEX receipts_task ON {schema}.receipts (task_hash, number) WHERE task_hash IS NOT NULL;
CREATE INDEX receipts_unfinished ON {schema}.receipts (number) WHERE finished_at IS NULL;
CREATE INDEX receipts_removable ON {schema}.receipts (finished_at) WHERE finished_at IS NOT NULL AND name_hash IS NULL;

-- Sends, numbered without gaps.
CREATE TABLE {schema}.sends (number bigint PRIMARY KEY, at bigint NOT NULL);
CREATE INDEX sends_at ON {schema}.sends (at);
-- Receipts whose calls wait for the rate limit, in the order in which they first asked.
CREATE SEQUENCE {schema}.waiting_numbers;
CREATE TABLE {schema}.waiting (
    receipt text COLLATE "C" PRIMARY KEY,
    number bigint NOT NULL DEFAULT nextval('{schema}.waiting_numbers'),
    until bigint NOT NULL
);
CREATE INDEX waiting_number ON {schema}.waiting (number);
CREATE INDEX waiting_until ON {schema}.waiting (until);

CREATE TABLE {schema}.claims (
    receipt bigint PRIMARY KEY REFERENCES {schema}.receipts ON DELETE CASCADE,
    holder bytea NOT NULL,
    at bigint NOT NULL,
    lease bigint NOT NULL
);

-- Callbacks. Their numbers grow in the order of the commits, so a reader that continues after a number misses none.
CREATE SEQUENCE {schema}.callback_numbers;
CREATE TABLE {schema}.callbacks (
    key bytea PRIMARY KEY,
    number bigint NOT NULL,
    task_id bytea NOT NULL,
    digest bytea NOT NULL,
    receipt text COLLATE "C",
    at bigint NOT NULL
);
CREATE UNIQUE INDEX callbacks_number ON {schema}.callbacks (number);
CREATE INDEX callbacks_at ON {schema}.callbacks (at);
CREATE TABLE {schema}.bodies (task_hash bytea PRIMARY KEY, body bytea NOT NULL, at bigint NOT NULL);
CREATE INDEX bodies_at ON {schema}.bodies (at);

CREATE FUNCTION {schema}.now_us() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$$;

-- Writes a receipt and returns no row. Returns the existing receipt if there is one with this name or this id.
CREATE FUNCTION {schema}.write_receipt(
    new_id text, new_name bytea, new_task bytea, new_finished boolean, new_receipt text
) RETURNS TABLE (known_version bigint, known_receipt text) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {schema}.receipts (id, name_hash, task_hash, finished_at, receipt)
    VALUES (new_id, sha256(new_name), sha256(new_task), CASE WHEN new_finished THEN {schema}.now_us() END, new_receipt)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT r.version, r.receipt FROM {schema}.receipts r WHERE r.name_hash = sha256(new_name);
    IF NOT FOUND THEN
        RETURN QUERY SELECT r.version, r.receipt FROM {schema}.receipts r WHERE r.id = new_id;
    END IF;
END $$;

-- Replaces a receipt, if its version is still `old_version`. Returns whether it was.
CREATE FUNCTION {schema}.replace_receipt(
    old_id text, old_version bigint, new_name bytea, new_task bytea, new_finished boolean, new_receipt text
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE {schema}.receipts r SET
        version = r.version + 1,
        name_hash = sha256(new_name),
        task_hash = sha256(new_task),
        finished_at = CASE WHEN new_finished THEN {schema}.now_us() END,
        receipt = new_receipt
    WHERE r.id = old_id AND r.version = old_version;
    RETURN FOUND;
END $$;

-- Replaces a receipt, and returns whether its version was still `old_version`. If it was not, also returns the receipt.
CREATE FUNCTION {schema}.update_receipt(
    old_id text, old_version bigint, new_name bytea, new_task bytea, new_finished boolean, new_receipt text,
    OUT is_done boolean, OUT known_version bigint, OUT known_receipt text
) LANGUAGE plpgsql AS $$
BEGIN
    is_done := {schema}.replace_receipt(old_id, old_version, new_name, new_task, new_finished, new_receipt);
    IF NOT is_done THEN
        SELECT r.version, r.receipt INTO known_version, known_receipt FROM {schema}.receipts r WHERE r.id = old_id;
    END IF;
END $$;

-- Replaces a receipt and records a send, if fewer than `most` sends were recorded in the last `span`, apart from the places
-- of those who asked before. Otherwise returns the time after which to ask again, and records only that the receipt waits.
--
-- The lock ends with the transaction, also if the process that holds it dies. A receipt whose process does not ask again
-- loses its place a second after its turn, so a dead process delays the others by a second at most.
CREATE FUNCTION {schema}.acquire_send(
    old_id text, old_version bigint, new_name bytea, new_task bytea, new_finished boolean, new_receipt text,
    most bigint, span bigint,
    OUT is_done boolean, OUT retry_in bigint, OUT known_version bigint, OUT known_receipt text
) LANGUAGE plpgsql AS $$
DECLARE
    grace CONSTANT bigint := 1000000;
    hour CONSTANT bigint := 3600000000;
    now bigint;
    last bigint;
    ahead bigint;
    since bigint;
    own bigint;
BEGIN
    is_done := false;
    SELECT r.version, r.receipt INTO known_version, known_receipt FROM {schema}.receipts r WHERE r.id = old_id;
    IF known_version IS DISTINCT FROM old_version THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock('{schema}.sends'::regclass::oid::bigint::bit(32)::int, 1);
    now := {schema}.now_us();
    -- The clock was set back, so the real time of these sends is not known. They count as sent now.
    UPDATE {schema}.sends s SET at = now WHERE s.at > now;
    IF FOUND THEN
        DELETE FROM {schema}.waiting;
    END IF;
    SELECT s.number INTO last FROM {schema}.sends s ORDER BY s.number DESC LIMIT 1;
    last := coalesce(last, 0);
    IF most > 0 THEN
        DELETE FROM {schema}.waiting w WHERE w.until < now;
        SELECT w.number INTO own FROM {schema}.waiting w WHERE w.receipt = old_id;
        own := coalesce(own, 9223372036854775807);
        SELECT count(*) INTO ahead FROM (
            SELECT FROM {schema}.waiting w WHERE w.number < own ORDER BY w.number LIMIT most
        ) earlier;
        IF ahead >= most THEN
            retry_in := span;
        ELSE
            SELECT s.at INTO since FROM {schema}.sends s WHERE s.number = last + 1 + ahead - most;
            retry_in := span - (now - since);
        END IF;
        IF retry_in > 0 THEN
            INSERT INTO {schema}.waiting AS w (receipt, until) VALUES (old_id, now + retry_in + grace)
            ON CONFLICT (receipt) DO UPDATE SET until = excluded.until;
            RETURN;
        END IF;
        retry_in := NULL;
    END IF;
    is_done := {schema}.replace_receipt(old_id, old_version, new_name, new_task, new_finished, new_receipt);
    IF NOT is_done THEN
        SELECT r.version, r.receipt INTO known_version, known_receipt FROM {schema}.receipts r WHERE r.id = old_id;
        RETURN;
    END IF;
    DELETE FROM {schema}.waiting w WHERE w.receipt = old_id;
    INSERT INTO {schema}.sends (number, at) VALUES (last + 1, now);
    IF last % 64 = 0 THEN
        DELETE FROM {schema}.sends s WHERE s.at < now - greatest(span, hour);
    END IF;
END $$;

-- Records a callback, keeps its body if it has one and the task has none yet, and replaces the receipt of the callback if
-- `old_version` is not null. Changes nothing if this is not the version of the receipt any more.
CREATE FUNCTION {schema}.receive_callback(
    new_task_id bytea, new_kind bytea, new_digest bytea, new_body bytea, callback_receipt text,
    old_version bigint, new_name bytea, new_task bytea, new_finished boolean, new_receipt text,
    OUT is_done boolean, OUT is_new boolean, OUT known_version bigint, OUT known_receipt text
) LANGUAGE plpgsql AS $$
DECLARE
    new_key CONSTANT bytea := sha256(sha256(new_task_id) || sha256(new_kind) || new_digest);
    now CONSTANT bigint := {schema}.now_us();
    is_body boolean := false;
BEGIN
    is_done := true;
    is_new := false;
    IF old_version IS NOT NULL THEN
        is_done := {schema}.replace_receipt(
            callback_receipt, old_version, new_name, new_task, new_finished, new_receipt
        );
        IF NOT is_done THEN
            SELECT r.version, r.receipt INTO known_version, known_receipt
            FROM {schema}.receipts r WHERE r.id = callback_receipt;
            RETURN;
        END IF;
    END IF;
    IF new_body IS NOT NULL THEN
        INSERT INTO {schema}.bodies (task_hash, body, at) VALUES (sha256(new_task_id), new_body, now)
        ON CONFLICT DO NOTHING;
        is_body := FOUND;
    END IF;
    PERFORM FROM {schema}.callbacks c WHERE c.key = new_key;
    IF FOUND AND NOT is_body AND old_version IS NULL THEN
        RETURN;
    END IF;
    -- With this lock, which lasts until the commit, the numbers grow in the order of the commits.
    PERFORM pg_advisory_xact_lock('{schema}.callbacks'::regclass::oid::bigint::bit(32)::int, 1);
    INSERT INTO {schema}.callbacks AS c (key, number, task_id, digest, receipt, at)
    VALUES (new_key, nextval('{schema}.callback_numbers'), new_task_id, new_digest, callback_receipt, now)
    ON CONFLICT (key) DO NOTHING;
    is_new := FOUND;
    IF is_new OR is_body OR old_version IS NOT NULL THEN
        IF NOT is_new THEN
            UPDATE {schema}.callbacks c SET
                number = nextval('{schema}.callback_numbers'), receipt = coalesce(callback_receipt, c.receipt)
            WHERE c.key = new_key;
        END IF;
        PERFORM pg_notify('{schema}', '');
    END IF;
END $$;

-- Claims a receipt. Returns no row if there is no such receipt.
CREATE FUNCTION {schema}.claim_receipt(old_id text, new_holder bytea, new_lease bigint)
RETURNS TABLE (is_claimed boolean, known_version bigint, known_receipt text) LANGUAGE plpgsql AS $$
DECLARE
    now CONSTANT bigint := {schema}.now_us();
    own CONSTANT bigint := (SELECT r.number FROM {schema}.receipts r WHERE r.id = old_id);
BEGIN
    IF own IS NULL THEN
        RETURN;
    END IF;
    -- The clock was set back, so the claim begins again now.
    UPDATE {schema}.claims c SET at = now WHERE c.receipt = own AND c.at > now;
    INSERT INTO {schema}.claims AS c (receipt, holder, at, lease) VALUES (own, new_holder, now, new_lease)
    ON CONFLICT (receipt) DO UPDATE SET holder = new_holder, at = now, lease = new_lease
    WHERE c.holder = new_holder OR now - c.at >= c.lease;
    RETURN QUERY SELECT FOUND, r.version, r.receipt FROM {schema}.receipts r WHERE r.number = own;
END $$;

-- Removes old rows, at most `most` of each table. Returns the largest number of rows that a table lost.
CREATE FUNCTION {schema}.remove_old(keep_receipts bigint, keep_callbacks bigint, most bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    now CONSTANT bigint := {schema}.now_us();
    removed bigint;
    largest bigint;
BEGIN
    DELETE FROM {schema}.receipts WHERE number IN (
        SELECT r.number FROM {schema}.receipts r
        WHERE r.finished_at IS NOT NULL AND r.name_hash IS NULL AND r.finished_at < now - keep_receipts
        ORDER BY r.finished_at LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS largest := ROW_COUNT;
    DELETE FROM {schema}.callbacks WHERE key IN (
        SELECT c.key FROM {schema}.callbacks c WHERE c.at < now - keep_callbacks
        ORDER BY c.at LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS removed := ROW_COUNT;
    largest := greatest(largest, removed);
    DELETE FROM {schema}.bodies WHERE task_hash IN (
        SELECT b.task_hash FROM {schema}.bodies b WHERE b.at < now - keep_callbacks
        ORDER BY b.at LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS removed := ROW_COUNT;
    RETURN greatest(largest, removed);
END $$;
