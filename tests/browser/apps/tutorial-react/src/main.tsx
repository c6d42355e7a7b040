import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import App from './App'
import { initialize } from './utils/session-store'

const root = createRoot(document.getElementById('root')!)
initialize().then(() =>
  root.render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
)
