import axios from 'axios'
import { refreshIfExpired } from './authentication'
import { getSnapshot, setSession } from './session-store'

const client = axios.create({ baseURL: '/api', headers: { Accept: 'application/json' } })

client.interceptors.request.use(async (config) => {
  await refreshIfExpired()
  const token = getSnapshot()?.accessToken
  if (token) config.headers.Authorization = `Bearer ${token}`
  return config
})

client.interceptors.response.use(
  (response) => response,
  async (error) => {
    if (error.response?.status === 401) await setSession(null)
    return Promise.reject(error)
  },
)

export { client }
