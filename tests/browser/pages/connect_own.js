import * as connect from '../../../packages/connect-session/src/index.ts'
// The React that the package finds, since a hook needs the one that renders.
import { createElement } from '../../../packages/node_modules/react/index.js'
import { createRoot } from '../../../packages/node_modules/react-dom/client.js'

import { start } from './connect.js'

start({ connect, createElement, render: (app, at) => createRoot(at).render(app) })
