// What is typed against the original's declarations is good for ours, and the other way round.

import type * as Original from '@reapit/connect-session'
import type * as Older from '@reapit/connect-session-4'
import type * as Ours from '@tenure/connect-session'

/** Fails to compile where either cannot take the other's place. */
type Same<One extends Other, Other extends Back, Back = One> = [One, Other]
/** Fails to compile where the first cannot take the second's place. */
type Fits<One extends Other, Other> = [One, Other]

/** The members that everybody may use: a class with private ones is like no other. */
type Open<T> = Pick<T, keyof T>

export type Sessions = [
  Same<Ours.ReapitConnectSession, Original.ReapitConnectSession>,
  Same<Ours.LoginIdentity, Original.LoginIdentity>,
  Same<Ours.CoginitoSession, Original.CoginitoSession>,
  Same<Ours.CoginitoIdentity, Original.CoginitoIdentity>,
  Same<Ours.CoginitoAccess, Original.CoginitoAccess>,
  Same<Ours.ReapitConnectHook, Original.ReapitConnectHook>,
  Same<Ours.DecodedToken<{ a: 1 }>, Original.DecodedToken<{ a: 1 }>>,
  Same<
    Ours.ReapitConnectBrowserSessionInitializers,
    Original.ReapitConnectBrowserSessionInitializers
  >,
]

export type Instances = Same<
  Open<Ours.ReapitConnectBrowserSession>,
  Open<Original.ReapitConnectBrowserSession>
>

/** Ours take more: whose token it must be. */
export type Functions = [
  Fits<
    typeof Ours.connectSessionVerifyDecodeIdToken,
    typeof Original.connectSessionVerifyDecodeIdToken
  >,
  Fits<
    typeof Ours.connectSessionVerifyDecodeIdTokenWithPublicKeys,
    typeof Original.connectSessionVerifyDecodeIdTokenWithPublicKeys
  >,
]

type Statics<T> = Omit<T, 'prototype'>
export type Classes = [
  Same<
    Statics<typeof Ours.ReapitConnectBrowserSession>,
    Statics<typeof Original.ReapitConnectBrowserSession>
  >,
  Fits<
    ConstructorParameters<typeof Original.ReapitConnectBrowserSession>,
    ConstructorParameters<typeof Ours.ReapitConnectBrowserSession>
  >,
]

export type Programs = [
  Same<Open<Ours.ReapitConnectServerSession>, Open<Older.ReapitConnectServerSession>>,
  Same<Ours.ReapitConnectServerSessionInitializers, Older.ReapitConnectServerSessionInitializers>,
  Fits<
    Statics<typeof Ours.ReapitConnectServerSession>,
    Statics<typeof Older.ReapitConnectServerSession>
  >,
]

/** A name that the original has and ours has not does not compile here. */
export type Names = Fits<keyof typeof Original, keyof typeof Ours>
