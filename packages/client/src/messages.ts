// Made by `cargo xtask packages` of `crates/tenure-wasm/src/messages`: change it there.

/** A number, which may have been read as a text. */
type Written = number | string

/** What may be absent. */
type Maybe<T> = T | null | undefined

/** Why a session was ended. */
export type StoredReason =
  'never_signed_in' | 'user' | 'refused' | 'expired' | 'idle' | 'absolute_limit' | 'refresh_failed'

/** Why nobody is signed in. */
export type Reason =
  | 'never_signed_in'
  | 'user'
  | 'refused'
  | 'expired'
  | 'idle'
  | 'absolute_limit'
  | 'refresh_failed'
  | 'foreign'

/** Why no usable answer came. */
export type Outage = 'network' | 'timed_out' | 'overloaded' | 'malformed'

/** A session that is signed in. */
export type SessionFields = [
  login_generation: string,
  login_at: string,
  last_active: string,
  access_token: string,
  token_type: string,
  obtained_at: string,
  issued: string,
  expires_at: string,
  forced: '' | '1',
  refresh_token: string,
  id_token: string,
  scope: string,
  subject: string,
  issuer: string,
  client_id: string,
]

/** What is in storage: a session, or the mark that one was ended. */
export type Stored =
  | [generation: string, body: 'active', ...session: SessionFields]
  | [generation: string, body: 'signed_out', reason: StoredReason, at: string]

/** What storage could not do. */
export type Trouble =
  [cause: 'storage', trouble: 'read' | 'write'] | [cause: 'storage_damaged' | 'storage_newer']

/** Why a caller gets nothing. */
export type Cause =
  | [cause: 'signed_out', reason: Reason]
  | [cause: 'unavailable', outage: Outage, retry_after: string]
  | Trouble
  | [cause: 'misconfigured']

/** What `snapshot` gives. */
export type Snapshot =
  | [status: 'loading']
  | [status: 'failed', sign_in_helps: '' | '1', ...cause: Trouble]
  | [status: 'signed_out', reason: Reason]
  | [status: 'active', generation: string, fresh_until: string, ...session: SessionFields]

/** Read storage. */
export type Load = [name: 'load', op: string]

/** Write storage; `replace` keeps aside what cannot be read. */
export type Save = [name: 'save' | 'replace', op: string, replaces: string, ...value: Stored]

/** Take the lock; the lease is in milliseconds. */
export type Lock = [name: 'lock', op: string, lease: string]

/** Give the lock back. */
export type Unlock = [name: 'unlock', op: string]

/** Ask for tokens. */
export type Exchange =
  | [name: 'exchange', op: string, request: 'refresh', refresh_token: string]
  | [name: 'exchange', op: string, request: 'client_credentials' | 'callback']

/** Revoke a refresh token, where it names one at another issuer. */
export type Revoke =
  | [name: 'revoke', refresh_token: string]
  | [name: 'revoke', refresh_token: string, issuer: string, client_id: string]

/** Tell peers that storage changed. */
export type Publish = [name: 'publish', generation: string]

/** An access token. */
export type Token = [
  result: 'token',
  access_token: string,
  token_type: string,
  generation: string,
  fresh_until: string,
]

/** What a caller gets. Whose session is stored follows a cause where it is another's. */
export type Result = Token | [result: 'done'] | [...cause: Cause, issuer: string, client_id: string]

/** A caller has its answer. */
export type Settle = [name: 'settle', waiter: string, ...result: Result]

/** Something an application may want to show. */
export type Event =
  | [event: 'signed_in' | 'refreshed' | 'user_changed']
  | [event: 'signed_out', reason: Reason]
  | [event: 'refresh_failed', ...cause: Cause]

/** An event. */
export type Tell = [name: 'event', ...event: Event]

/** What `poll` gives. */
export type Output = Load | Save | Lock | Unlock | Exchange | Revoke | Publish | Settle | Tell

/** What reading storage came to. */
export type Loaded =
  | [outcome: 'failed' | 'newer' | 'empty']
  | [outcome: 'damaged', generation: Maybe<Written>]
  | [outcome: 'found', ...value: Stored]

/** Tokens: `expires_in` is a span, `expires_at` a point on the issuer's clock, in milliseconds. */
export type TokenGrant = [
  access_token: string,
  token_type: Maybe<string>,
  expires_in: Maybe<Written>,
  expires_at: Maybe<Written>,
  refresh_token: Maybe<string>,
  id_token: Maybe<string>,
  scope: Maybe<string>,
  subject: Maybe<string>,
  requested_at: Written,
]

/** What a token endpoint said; times are milliseconds. */
export type TokenAnswer = [
  status: Maybe<Written>,
  timed_out: boolean,
  retry_after: Maybe<Written>,
  access_token: Maybe<string>,
  token_type: Maybe<string>,
  expires_in: Maybe<Written>,
  refresh_token: Maybe<string>,
  id_token: Maybe<string>,
  scope: Maybe<string>,
  error: Maybe<string>,
]

/** What asking for tokens came to. */
export type Exchanged =
  | [issuer_time: Maybe<Written>, answer: 'tokens', ...grant: TokenGrant]
  | [issuer_time: Maybe<Written>, answer: 'answer', requested_at: Written, ...said: TokenAnswer]
  | [issuer_time: Maybe<Written>, answer: 'refused' | 'unavailable' | 'misconfigured']

/** What a caller waits for. */
export type Wish =
  | [name: 'token_wanted', waiter: Written, rejected: Maybe<Written>]
  | [name: 'signed_in', waiter: Written, ...grant: TokenGrant]
  | [name: 'sign_out_wanted', waiter: Written, scope: 'issuer' | 'local']

/** What `handle` takes. */
export type Input =
  | [name: 'opened' | 'peer_changed' | 'user_active' | 'hidden' | 'woke_up' | 'online' | 'elapsed']
  | Wish
  | [name: 'loaded', op: Written, ...outcome: Loaded]
  | [name: 'saved', op: Written, outcome: 'done' | 'conflict' | 'failed']
  | [name: 'lock_granted' | 'lock_refused' | 'lock_lost', op: Written]
  | [name: 'exchanged', op: Written, ...outcome: Exchanged]

/** What a holder is made with; an empty field is the default, times are milliseconds. */
export type Configuration = [
  source: Maybe<string>,
  skew: Maybe<Written>,
  renewal: Maybe<string>,
  failure: Maybe<string>,
  idle_limit: Maybe<Written>,
  absolute_limit: Maybe<Written>,
  lock_lease: Maybe<Written>,
  lock_wait: Maybe<Written>,
  exchange_timeout: Maybe<Written>,
  storage_timeout: Maybe<Written>,
  issuer: Maybe<string>,
  client_id: Maybe<string>,
]

/** What `oidc` answers; times are milliseconds. */
export type Question =
  | [question: 'discovery_url', issuer: string]
  | [
      question: 'metadata',
      issuer: string,
      found_issuer: Maybe<string>,
      authorization: Maybe<string>,
      token: Maybe<string>,
      jwks: Maybe<string>,
      revocation: Maybe<string>,
      end_session: Maybe<string>,
    ]
  | [
      question: 'begin_login',
      now: Written,
      issuer: string,
      redirect_uri: string,
      return_to: Maybe<string>,
      state: string,
      nonce: string,
      code_verifier: string,
      code_challenge: string,
      endpoint: string,
      client_id: string,
      scope: Maybe<string>,
      ...records_and_parameters: Maybe<Written | boolean>[],
    ]
  | [
      question: 'finish_login',
      now: Written,
      state: Maybe<string>,
      iss: Maybe<string>,
      ...records: Maybe<Written | boolean>[],
    ]
  | [question: 'callback_names']
  | [question: 'callback', ...pairs: Maybe<Written | boolean>[]]
  | [
      question: 'code',
      client_id: Maybe<string>,
      code: string,
      redirect_uri: string,
      code_verifier: string,
    ]
  | [question: 'refresh' | 'revoke', client_id: Maybe<string>, refresh_token: string]
  | [question: 'client_credentials', client_id: Maybe<string>, scope: Maybe<string>]
  | [question: 'token_response', requested_at: Written, ...said: TokenAnswer]
  | [
      question: 'claims',
      issuer: string,
      client_id: string,
      nonce: Maybe<string>,
      max_age: Maybe<Written>,
      acr: Maybe<string>,
      skew: Maybe<Written>,
      trusted: Maybe<string>,
      now: Written,
      refreshed: boolean,
      ...claims: Maybe<Written | boolean>[],
    ]
  | [
      question: 'sign_out',
      provider: Maybe<string>,
      client_id: string,
      issuer: Maybe<string>,
      base: Maybe<string>,
      end_session: Maybe<string>,
      return_to: Maybe<string>,
      id_token: Maybe<string>,
      state: Maybe<string>,
    ]
  | [
      question: 'allow_redirect',
      now: Written,
      limit: Written,
      within: Maybe<Written>,
      ...times: Maybe<Written | boolean>[],
    ]
