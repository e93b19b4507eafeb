/** Tables of a fleet on PostgreSQL, besides those of pg-boss. Times are the database's own. */
export const POSTGRES_SCHEMA = `
CREATE SCHEMA IF NOT EXISTS cairn_fleet;
CREATE SEQUENCE IF NOT EXISTS cairn_fleet.fence;
CREATE TABLE IF NOT EXISTS cairn_fleet.queue(
  name text PRIMARY KEY, number bigserial, keys text[] NOT NULL, priority integer NOT NULL,
  board text, board_fence bigint NOT NULL DEFAULT 0, cancelled boolean NOT NULL DEFAULT false);
CREATE TABLE IF NOT EXISTS cairn_fleet.limits(key text PRIMARY KEY, most integer NOT NULL);
CREATE TABLE IF NOT EXISTS cairn_fleet.job(
  queue text NOT NULL, id text NOT NULL, boss uuid NOT NULL, priority integer NOT NULL, payload text NOT NULL,
  state text NOT NULL DEFAULT 'ready', attempt integer NOT NULL DEFAULT 0, failures integer NOT NULL DEFAULT 0,
  losses integer NOT NULL DEFAULT 0, fence bigint NOT NULL DEFAULT 0, worker text, lease_until timestamptz,
  not_before timestamptz NOT NULL DEFAULT '-infinity', PRIMARY KEY(queue, id));
CREATE UNIQUE INDEX IF NOT EXISTS job_boss ON cairn_fleet.job(boss);
CREATE INDEX IF NOT EXISTS job_ready ON cairn_fleet.job(queue) WHERE state = 'ready';
CREATE INDEX IF NOT EXISTS job_running ON cairn_fleet.job(queue) WHERE state = 'running';
CREATE TABLE IF NOT EXISTS cairn_fleet.outbox(
  seq bigserial PRIMARY KEY, queue text NOT NULL, job text NOT NULL, kind text NOT NULL, worker text NOT NULL,
  attempt integer NOT NULL, body text NOT NULL, time timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS outbox_queue ON cairn_fleet.outbox(queue, seq);
CREATE TABLE IF NOT EXISTS cairn_fleet.worker(
  id text PRIMARY KEY, host text NOT NULL, pid integer NOT NULL, seen timestamptz NOT NULL DEFAULT clock_timestamp(),
  draining boolean NOT NULL DEFAULT false);
CREATE TABLE IF NOT EXISTS cairn_fleet.session(
  queue text NOT NULL, job text NOT NULL, session text NOT NULL, last bigint NOT NULL, root text NOT NULL, vkey text NOT NULL,
  note text, worker text NOT NULL, bytes bigint NOT NULL, base text, tree text, patch bytea, PRIMARY KEY(queue, job));
CREATE TABLE IF NOT EXISTS cairn_fleet.segment(
  queue text NOT NULL, job text NOT NULL, fence bigint NOT NULL, session text NOT NULL, first bigint NOT NULL,
  last bigint NOT NULL, events bytea NOT NULL, PRIMARY KEY(queue, job, fence, session, first));
CREATE TABLE IF NOT EXISTS cairn_fleet.segment_blob(
  queue text NOT NULL, job text NOT NULL, fence bigint NOT NULL, session text NOT NULL, sha256 text NOT NULL,
  data bytea NOT NULL, PRIMARY KEY(queue, job, fence, session, sha256));
CREATE TABLE IF NOT EXISTS cairn_fleet.pack(
  queue text NOT NULL, target text NOT NULL, origin text NOT NULL, data bytea NOT NULL, PRIMARY KEY(queue, target));
`
