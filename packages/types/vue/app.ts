// Code as users write it against the published types; what must not compile says so.
import {
  createSession,
  type Identity,
  type Session,
  type SessionError,
  type Snapshot,
} from '@tenure/client'
import {
  createTenure,
  Protected,
  sessionGuard,
  SignedIn,
  SignedOut,
  tenure,
  useAccessToken,
  useSession,
} from '@tenure/vue'
import { createApp, defineComponent, h, watch, type Ref } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

const session = createSession({ issuer: 'https://id.example.com', clientId: 'shop' })

const router = createRouter({
  history: createWebHistory('/shop/'),
  routes: [{ path: '/', component: {}, meta: { public: true } }],
})
router.beforeEach(sessionGuard(session))
router.beforeEach(
  sessionGuard(session, {
    base: '/shop/',
    isPublic: (to: RouteLocationNormalized) => to.matched.some(({ name }) => name === 'home'),
    failed: (error, to) => (to.name === 'home' ? true : `/sign-in-failed?why=${error.name}`),
    signIn: { parameters: { prompt: 'login' } },
  }),
)
// @ts-expect-error the guard knows where to return to
sessionGuard(session, { signIn: { returnTo: '/' } })

const app = createApp({})
app.use(tenure, { session }).use(createTenure(session)).use(router)
// @ts-expect-error a session is needed
app.use(tenure, {})
// @ts-expect-error and no other options
app.use(createTenure(session), { session })

export const Account = defineComponent({
  setup() {
    const { session, snapshot, status, identity, error: unloadable } = useSession()
    session satisfies Session
    status satisfies Readonly<Ref<'loading' | 'failed' | 'signed_out' | 'signed_in'>>
    unloadable satisfies Readonly<Ref<SessionError | null>>
    watch(snapshot, (now: Snapshot) => now.status)
    watch(identity, (now: Identity | null) => now?.sub)
    // @ts-expect-error only the session changes it
    snapshot.value = { status: 'loading' }
    const { token, error, loading, getToken } = useAccessToken()
    const load = async (): Promise<string> => `Bearer ${await getToken()}`
    return () =>
      h('p', { onClick: load }, [
        h(SignedIn, () => [identity.value?.name, token.value]),
        h(SignedOut, { class: 'out' }, () => loading.value || error.value?.message),
        h(
          Protected,
          { signIn: { parameters: { prompt: 'login' } } },
          {
            default: () => 'secret',
            fallback: () => 'one moment',
            failed: (about: { error: Error; again: () => void }) =>
              h('button', { onClick: about.again }, about.error.message),
          },
        ),
      ])
  },
})
