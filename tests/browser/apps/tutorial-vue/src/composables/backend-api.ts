import axios from 'axios'
import router from '@/router'
import { useAuthentication } from './authentication'
import { useSession } from './session'

const { getAccessToken } = useAuthentication()
const { clearSession } = useSession()

const client = axios.create({ baseURL: '/api', headers: { Accept: 'application/json' } })

client.interceptors.request.use(async (config) => {
  const token = await getAccessToken()
  if (token) config.headers.Authorization = `Bearer ${token}`
  return config
})

client.interceptors.response.use(
  (response) => response,
  async (error) => {
    if (error.response?.status === 401) {
      await clearSession()
      await router.replace('/tabs/tab1')
    }
    return Promise.reject(error)
  },
)

export const useBackendAPI = () => ({ client })
