import * as connect from '@reapit/connect-session'
// The package brings a React of its own, and a hook needs the one that renders.
import { createElement } from '../node_modules/@reapit/connect-session/node_modules/react/index.js'
import { createRoot } from '../node_modules/@reapit/connect-session/node_modules/react-dom/client.js'

import { start } from './connect.js'

start({ connect, createElement, render: (app, at) => createRoot(at).render(app) })
