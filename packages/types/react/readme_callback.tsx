// Code of the readme, as it stands there; a test compares the two.
import { Callback } from '@tenure/react'
import { useNavigate } from 'react-router'

export function CallbackPage() {
  const navigate = useNavigate()
  return (
    <Callback
      onDone={({ returnTo }) => navigate(returnTo ?? '/', { replace: true })}
      failed={(error) => <p role="alert">{error.message}</p>}
    >
      <p>One moment …</p>
    </Callback>
  )
}
