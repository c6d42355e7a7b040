// What is typed against the original's declarations is good for ours, and the other way round.

import type * as Original from '@toruslabs/session-manager'
import type * as Ours from '@tenure/session-manager'

/** Fails to compile where either cannot take the other's place. */
type Same<One extends Other, Other extends Back, Back = One> = [One, Other]
/** Fails to compile where the first cannot take the second's place. */
type Fits<One extends Other, Other> = [One, Other]

/** The members that everybody may use: a class with private ones is like no other. */
type Open<T> = Pick<T, keyof T>

export type Values = [
  Same<Ours.AuthTokens, Original.AuthTokens>,
  Same<Ours.RefreshResponse, Original.RefreshResponse>,
  Same<Ours.SessionState, Original.SessionState>,
  Same<Ours.ApiClientConfig, Original.ApiClientConfig>,
  Same<Ours.CookieOptions, Original.CookieOptions>,
  Same<Ours.StorageConfig, Original.StorageConfig>,
  Same<Ours.IStorageAdapter, Original.IStorageAdapter>,
  Same<Ours.IHttpSessionAuthProvider, Original.IHttpSessionAuthProvider>,
  Same<Ours.HttpClientRequestOptions, Original.HttpClientRequestOptions>,
  Same<Ours.ApiRequestParams, Original.ApiRequestParams>,
  Same<Ours.SessionRequestBody, Original.SessionRequestBody>,
  Same<Ours.StorageOperation, Original.StorageOperation>,
  Same<Ours.StorageMethod, Original.StorageMethod>,
  Same<Ours.StorageHandlerStoreOptions, Original.StorageHandlerStoreOptions>,
  Same<Ours.IStorageManager<{ a: 1 }>, Original.IStorageManager<{ a: 1 }>>,
  Same<Ours.StorageHandler<{ a: 1 }>, Original.StorageHandler<{ a: 1 }>>,
  // What could be asked for can be asked for here.
  Fits<Original.StorageManagerOptions, Ours.StorageManagerOptions>,
  Fits<Original.AuthSessionManagerOptions, Ours.AuthSessionManagerOptions>,
]

export type Instances = [
  Fits<Open<Ours.AuthSessionManager<1>>, Open<Original.AuthSessionManager<1>>>,
  Fits<Open<Ours.StorageManager<{ a: 1 }>>, Open<Original.StorageManager<{ a: 1 }>>>,
  Same<Open<Ours.HttpClient>, Open<Original.HttpClient>>,
  Same<Open<Ours.MemoryStorage>, Open<Original.MemoryStorage>>,
  Same<Open<Ours.CookieStorage>, Open<Original.CookieStorage>>,
  Fits<Open<Ours.AuthError>, Open<Original.AuthError>>,
]
