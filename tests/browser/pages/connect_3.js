import * as connect from '@reapit/connect-session-3'
// The package brings a React of its own, and a hook needs the one that renders.
import { createElement } from '../node_modules/@reapit/connect-session-3/node_modules/react/index.js'
import ReactDOM from '../node_modules/@reapit/connect-session-3/node_modules/react-dom/index.js'

import { start } from './connect.js'

start({ connect, createElement, render: (app, at) => ReactDOM.render(app, at) })
