// One session, protected by React and by Vue. The tests read what both show.

import { createSession } from '@tenure/client'
import * as react from '@tenure/react'
import * as vue from '@tenure/vue'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { createApp, h } from 'vue'

const session = createSession({ issuer: 'https://id.example', clientId: 'page' })
globalThis.session = session

const place = (name) => {
  const element = document.createElement('main')
  element.id = name
  return document.body.appendChild(element)
}
const failure = (error) => `failed: ${error.code}: ${error.message}`

createRoot(place('react')).render(
  createElement(
    react.SessionProvider,
    { session },
    createElement(react.Protected, { fallback: 'wait', failed: failure }, 'secret'),
  ),
)

const slots = { fallback: () => 'wait', failed: ({ error }) => failure(error), default: () => 'secret' }
createApp({ render: () => h(vue.Protected, null, slots) })
  .use(vue.tenure, { session })
  .mount(place('vue'))
