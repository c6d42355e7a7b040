import type { Session } from '@tenure/client'
import { enableAutoUnmount, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, vi } from 'vitest'
import { defineComponent, type Component, type VNodeChild } from 'vue'
import { tenure } from '../src/index.js'

enableAutoUnmount(afterEach)

/** Shows what `setup` renders in an application with a session. */
export function open(session: Session, setup: () => () => VNodeChild): VueWrapper {
  return openComponent(session, defineComponent({ setup }))
}

export function openComponent(session: Session, component: Component): VueWrapper {
  return mount(component, {
    attachTo: document.body,
    global: { plugins: [[tenure, { session }]] },
  })
}

/** Waits until the condition holds. */
export function until(holds: () => boolean): Promise<void> {
  return vi.waitFor(
    () => {
      if (!holds()) throw new Error(`it never came to this: ${holds}`)
    },
    { timeout: 20_000, interval: 5 },
  )
}
