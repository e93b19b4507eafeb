/** `application_id` of a journal file: "CARN". */
export const applicationId = 0x4341524e

/** `user_version` of the files that this code writes. */
export const schemaVersion = 1

/**
 * The tables of one session.
 * - `journal` has one row: whose journal it is, the Merkle frontier, and the writer's lease. Fencing, the optimistic
 *   check of the size and the new frontier are one UPDATE of it.
 * - `leaf` stands before `body`, so that reading hashes does not walk the overflow pages of large bodies.
 * - The index finds rare events of a long session (rewinds, approvals, stops) without a walk over all of it.
 * - A chunk's key is `blob * 2^20 + index`: one b-tree, neighbours together.
 * - A blob without sha256 is a stream that has not ended yet.
 * Verification compares the words of a file's schema with these: whoever changes them raises `schemaVersion`.
 * The trigger on INSERT exists because INSERT OR REPLACE deletes without firing the one on DELETE.
 */
export const schema = `
CREATE TABLE journal(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  session TEXT NOT NULL,
  size INTEGER NOT NULL,
  frontier BLOB NOT NULL,
  fence INTEGER NOT NULL,
  pid INTEGER,
  birth TEXT,
  host TEXT,
  since INTEGER,
  heartbeat INTEGER
) STRICT;
CREATE TABLE events(
  seq INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  step INTEGER NOT NULL,
  kind TEXT NOT NULL,
  leaf BLOB NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX events_kind ON events(kind);
CREATE TABLE checkpoints(
  size INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE TABLE blobs(
  id INTEGER PRIMARY KEY,
  sha256 BLOB UNIQUE,
  bytes INTEGER NOT NULL,
  erased INTEGER,
  reason TEXT
) STRICT;
CREATE TABLE chunks(
  key INTEGER PRIMARY KEY,
  codec INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE TRIGGER events_insert BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER events_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER events_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER checkpoints_insert BEFORE INSERT ON checkpoints
WHEN EXISTS (SELECT 1 FROM checkpoints WHERE size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER checkpoints_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER checkpoints_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${schemaVersion};
`
