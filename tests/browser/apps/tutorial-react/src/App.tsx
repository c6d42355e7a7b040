import { useEffect } from 'react'
import { BrowserRouter, Navigate, Route, Routes } from 'react-router'
import AuthActionCompletePage from './pages/AuthActionCompletePage'
import LoginPage from './pages/LoginPage'
import Tab1 from './pages/Tab1'
import Tab2 from './pages/Tab2'
import AuthenticationProvider from './providers/AuthenticationProvider'
import { PrivateRoute } from './routes/PrivateRoute'
import { refreshIfExpired } from './utils/authentication'

const App = () => {
  useEffect(() => {
    refreshIfExpired()
  }, [])

  return (
    <AuthenticationProvider>
      <BrowserRouter>
        <Routes>
          <Route path="/login" element={<LoginPage />} />
          <Route path="/callback" element={<AuthActionCompletePage />} />
          <Route
            path="/tabs/tab1"
            element={
              <PrivateRoute>
                <Tab1 />
              </PrivateRoute>
            }
          />
          <Route
            path="/tabs/tab2"
            element={
              <PrivateRoute>
                <Tab2 />
              </PrivateRoute>
            }
          />
          <Route path="*" element={<Navigate to="/tabs/tab1" replace />} />
        </Routes>
      </BrowserRouter>
    </AuthenticationProvider>
  )
}

export default App
