import type { HeldOut } from './heldout-corpus.ts'

const of =
  (is: HeldOut['is'], polarity?: -1) =>
  (text: string): HeldOut => ({ text, is, ...(polarity === undefined ? {} : { polarity }) })

const rules = (...texts: string[]) => texts.map(of('rule'))
const bans = (...texts: string[]) => texts.map(of('rule', -1))
const talk = (...texts: string[]) => texts.map(of(null))
const decisions = (...texts: string[]) => texts.map(of('decision'))
const assumptions = (...texts: string[]) => texts.map(of('assumption'))
const rejected = (...texts: string[]) => texts.map(of('rejected'))
const contracts = (...texts: string[]) => texts.map(of('contract'))

/** The fourth set, its open half: measured blind once, then used to make the rules more general. */
export const FOURTH_USER: HeldOut[] = [
  ...contracts('The CLI exits with 2 on a usage error.'),
  ...rules(
    'Every webhook delivery is signed with HMAC.',
    'I need the import to be resumable.',
    'Two approvals before anything reaches production.',
    'Configuration lives in one TOML file.',
    'Money is integers, cents.',
    'Remember that the sandbox has no network.',
    'The search box gets focus on load.',
    'All times in UTC, display in local time.',
    'tests run in under a minute, that is the budget',
    'Only the gateway terminates TLS.',
    'Go easy on memory: 512 MB is all we have.',
    'The minimum supported browser is Safari 16.',
    'Have the worker retry three times before it gives up.',
    'The exporter writes CSV with a semicolon as separator.',
    'Keyboard shortcuts are configurable.',
    'If the cache is cold, fall back to the database.',
    'Prefer composition over inheritance in this code base.',
    'On failure, roll the whole batch back.',
    'Let the caller decide about logging.',
    'Everything under generated/ is overwritten by the build.',
    'It is important to me that startup stays below 200 ms.',
    'Start the server with four workers.',
    'Name the branches after the ticket.',
  ),
  ...bans(
    'Nothing in this module may block the event loop.',
    'Under no circumstances log the session cookie.',
    'There is no need to support Windows, leave that out.',
    "The driver can't allocate after start-up.",
    'Please refrain from reformatting untouched files.',
    'Global state is forbidden.',
    'I do not want any telemetry in this build.',
    'Keep your hands off the lock file.',
  ),
  ...talk(
    'Any idea why that took so long?',
    'Thanks, that is exactly what I meant.',
    'The tests were green before lunch.',
    'My colleague says we should switch to Bazel.',
    'I saw a similar stack trace in March.',
    'It works on my machine.',
    'The old system never had that problem.',
    'Sounds good to me.',
  ),
]

/**
 * Its closed half: only measured. It has the structures of the open half in other words, so it says little about
 * structures that are new: those are what the fifth set is for.
 */
export const FOURTH_USER_CLOSED: HeldOut[] = [
  ...rules(
    'Each tenant has its own encryption key.',
    'The installer asks before it overwrites anything.',
    'I want the diff to be stable across runs.',
    'One migration per pull request.',
    'Secrets come from the vault at boot.',
    'Durations are milliseconds, everywhere.',
    'Bear in mind that the disk is read-only in production.',
    'The table scrolls, the header stays.',
    'Coordinates are WGS84 in the API.',
    'the whole suite has to finish in five minutes',
    'Only owners see the billing page.',
    'Mind the quota: 100 requests a minute.',
    'The oldest Python we support is 3.10.',
    'Have the scheduler skip weekends.',
    'The logger writes one JSON object per line to stderr.',
    'Themes are switchable at run time.',
    'When the token is expired, send the user to the login page.',
    'Pick clarity over cleverness.',
    'In case of a conflict the server copy wins.',
    'Let the database generate the ids.',
    'Whatever is in dist/ gets rebuilt on every release.',
    'It matters that the order of events is kept.',
    'Run the linter with warnings as errors.',
    'Prefix private helpers with an underscore.',
  ),
  ...bans(
    'No handler may swallow an exception.',
    'In no case send mail from the test environment.',
    'We do not need IPv6, skip it.',
    "The parser can't look ahead more than one token.",
    'Kindly abstain from adding new abstractions.',
    'Circular imports are prohibited.',
    "I don't want the cache to survive a restart.",
    'Stay away from the payment tables.',
  ),
  ...talk(
    'How long does the build take now?',
    'Great, let me try it.',
    'The server was down this morning.',
    'The vendor recommends a restart every week.',
    'I have never used this library before.',
    'That is strange.',
    'The previous release had the same bug.',
    'Looks fine from here.',
  ),
]

export const FOURTH_AGENT: HeldOut[] = [
  ...decisions(
    'For the queue I am going to rely on Redis streams, given that ordering per key matters.',
    'The cleanest option is a single writer thread, so that is what I implement.',
    'I made the id a ULID so that rows sort by creation time.',
    'To keep the API small, filters are passed as one object.',
    'The retry lives in the client rather than in the server.',
    'I prefer a sum type over flags here, since invalid states cannot be built.',
    'My plan is to split the parser from the evaluator.',
    'Therefore the cache is keyed by content hash instead of path.',
    'Chose SQLite for local state: one file, no server.',
    'We will version the schema with a single integer.',
  ),
  ...assumptions(
    'This presumes that the input is sorted.',
    'As far as I can tell the service accepts gzip, though nothing in the docs confirms it.',
    'I have not verified that the lock is reentrant.',
    'Unless told otherwise I take the currency to be EUR.',
    'Most likely the test relies on the system time zone.',
    'It looks as if the ids are globally unique, but I could not confirm that.',
    'I am working under the assumption that files fit into memory.',
  ),
  ...rejected(
    'I first used a worker pool, but the start-up cost ate the gain, so it went out again.',
    'An index on created_at brought nothing, hence removed.',
    'The streaming variant is off the table because the API needs a content length.',
    'Switching to esbuild fails on decorators, so we stay with tsc.',
    'I looked into mmap and decided against it.',
    'Debouncing did not fix the flicker; undone.',
    'Using a trigger would not work across shards.',
  ),
  ...contracts(
    'PATCH /items/{id} accepts a JSON merge patch and returns the updated item.',
    '`openStore(path)` throws `StoreError` when the file is locked.',
    'The header is 16 bytes: magic, version, flags, length.',
    'Every event is a JSON object with `type` and `at`.',
    'The exit code is 3 when nothing was found.',
    'The function `parse` returns null for an empty string.',
  ),
  ...talk(
    'I am reading the test now.',
    'The file has 300 lines.',
    'Two of the tests fail with a timeout.',
    'Now I understand the flow.',
    'The error comes from the loader.',
    'Running the suite again.',
    'I will use grep to find the callers.',
    'That explains the failure.',
    'Let me look at the schema.',
    'The module exports three functions.',
  ),
]

export const FOURTH_AGENT_CLOSED: HeldOut[] = [
  ...decisions(
    'For the index I am going to build on LMDB, given that reads dominate.',
    'The simplest solution is a lookup table, so I use that.',
    'I made the config immutable so that workers can share it.',
    'To avoid a second round trip, the totals are part of the response.',
    'Validation happens at the edge rather than in the core.',
    'I favour explicit ids over names, since names change.',
    'The idea is to render on the server and hydrate only the form.',
    'Hence the log is rotated by size instead of by day.',
    'Picked zstd for the archive: fast enough and small.',
    'We will identify builds by their commit hash.',
  ),
  ...assumptions(
    'This presupposes that the clocks agree.',
    'As far as I know the proxy strips the header, but I have no proof.',
    'I did not check whether the cache is shared.',
    'Unless stated otherwise I treat missing values as zero.',
    'In all likelihood the flag is read once at boot.',
    'It appears that the queue is FIFO, but that is not documented.',
    'I proceed on the assumption that names are ASCII.',
  ),
  ...rejected(
    'I began with a recursive version, but it overflows on deep trees, so it is gone.',
    'Caching the result gained nothing and was taken out.',
    'A shared buffer is out of the question because of the licence of the allocator.',
    'Moving to pnpm breaks the native build, so npm stays.',
    'I considered a bloom filter and dismissed the idea.',
    'Raising the timeout did not help; rolled back.',
    'A global lock would not scale to that many writers.',
  ),
  ...contracts(
    'DELETE /carts/{id} answers 204, or 404 when there is no cart.',
    '`readConfig(file)` rejects with `ConfigError` when a key is unknown.',
    'The footer is 8 bytes: checksum and record count.',
    'Every reply is a JSON array with `code` and `data`.',
    'The process exits with 4 when the lock is held.',
    'The function `resolve` returns undefined for an unknown name.',
  ),
  ...talk(
    'I am opening the failing spec.',
    'The class is used in five places.',
    'One test is still red.',
    'The cause is clear now.',
    'The warning is printed by the bundler.',
    'Starting the build again.',
    'I will use sed to print the lines.',
    'This matches what the log shows.',
    'Let me check the types first.',
    'The package depends on two others.',
  ),
]

/**
 * The fifth set, in other structures, written after rules had been made from the fourth: measured blind once (recall: user 0.64,
 * agent at most 0.36), then used too for the agent. Whoever goes on writes a sixth.
 */
export const FIFTH_AGENT: HeldOut[] = [
  ...decisions(
    'Errors now carry a code, which callers can switch on; messages may change freely.',
    'The lock file wins over the manifest in my implementation.',
    'I went for polling because the device has no interrupt line.',
    'Pagination is cursor-based, as offsets skip rows under concurrent inserts.',
    'I am leaving the deprecated flag in place for one more release.',
    'Since startup time matters most, modules load on first use.',
    'Dates are kept as strings on purpose.',
    'I opted to inline the template instead of loading it from disk.',
    'The worker owns the socket; the main thread only sends messages.',
    'Let the parser be strict and the printer lenient: that is the rule I follow here.',
  ),
  ...assumptions(
    'Judging from the name, the helper is not used in production.',
    'I expect that nobody calls this with a negative size.',
    'The environment variable should be set by the deployment, I think.',
    'If I understand the docs right, callbacks run in order.',
    'Perhaps the second argument is optional.',
  ),
  ...rejected(
    'Tried a trie first; memory doubled, so back to the sorted array.',
    'Patching the vendored file is a bad idea, I left it alone.',
    'The async version made things worse and I put the old code back.',
    'Recursion is unsuitable because inputs nest thousands of levels deep.',
    'We cannot use the official client: it requires Java.',
  ),
  ...contracts(
    'Clients send the token in the Authorization header as `Bearer <id>`.',
    'Lines end in CRLF and fields are separated by tabs.',
    'GET /health responds with 200 and the text ok.',
    '`merge(a, b)` returns a new list and leaves both inputs alone.',
    'The version field is a big-endian 32-bit integer.',
  ),
  ...talk(
    'The loop runs over all entries twice.',
    'I see three callers of this function.',
    'That leaves the last failing test.',
    'The config is read in main.',
    'I added a test for the empty list.',
    'It prints nothing instead of the usage text.',
    'We still have to look at the second report.',
    'So far the output matches.',
    'I rewrote the loop because it was hard to read.',
    'The second run was faster.',
  ),
]

export const FIFTH_USER: HeldOut[] = [
  ...rules(
    'Whenever a record is deleted, its attachments go with it.',
    'The welcome mail goes out ten minutes after sign-up.',
    'for the admin area, double confirmation on anything destructive',
    'Whoever deploys writes the changelog.',
    'Numbers are right-aligned in tables.',
    'Our customers pay per seat, so count seats, not logins.',
    'Anonymous users get a read-only view.',
    'Give every background job a timeout.',
    'The API answers in the language of the Accept-Language header.',
    'Releases happen on Tuesdays.',
  ),
  ...bans(
    'I never want to see a raw stack trace in the UI.',
    'Nobody edits the schema by hand.',
    'There must be no downtime during the migration.',
    'Not a single dependency more, please.',
  ),
  ...talk(
    'Can you tell me what changed?',
    'I think the cat stepped on the keyboard.',
    'The build finished a minute ago.',
    'Support wrote that a customer lost data.',
    'Yesterday it still worked.',
    'Hm, interesting.',
  ),
]
