import type {
  ApiRequestParams,
  SessionApiResponse,
  SessionRequestBody,
  StorageHandler,
  StorageHandlerRetrieveOptions,
  StorageHandlerStoreOptions,
} from '../interfaces.js'
import { publicKeyAtOnce } from '../seal/point.js'
import { opener, SessionOver } from '../sealed.js'
import type { Hex } from '../util.js'

type RequestFn = <T>(params: ApiRequestParams) => Promise<T>

/** Entries at a session service, sealed before they leave. */
export class ServerHandler<T> implements StorageHandler<T> {
  constructor(
    private readonly sessionServerBaseUrl: string,
    private readonly request: RequestFn,
  ) {}

  async storeData(
    keyHex: Hex,
    data: Partial<T> | T | Record<string, never>,
    {
      operation = 'create',
      namespace,
      timeout,
      allowedOrigin,
      headers,
    }: StorageHandlerStoreOptions = {},
  ): Promise<void> {
    const key = await opener(keyHex)
    const sealed = await key.seal(JSON.stringify(data))
    const body = {
      key: key.publicKey,
      data: sealed,
      signature: key.sign(sealed),
      namespace,
      allowedOrigin,
    }
    const life = { create: { timeout }, update: {}, invalidate: { timeout: 1 } }[operation]
    const isUpdate = operation === 'update'
    await this.request({
      method: isUpdate ? 'PUT' : 'POST',
      url: `${this.sessionServerBaseUrl}/v2/store/${isUpdate ? 'update' : 'set'}`,
      data: { ...body, ...life } as SessionRequestBody,
      headers: headers ?? {},
    })
  }

  /** The data, or an error where there are none for this key. */
  async retrieveData(
    keyHex: Hex,
    { namespace, headers = {} }: StorageHandlerRetrieveOptions = {},
  ): Promise<T | undefined> {
    const key = await opener(keyHex)
    const { message } = await this.request<SessionApiResponse>({
      method: 'POST',
      url: `${this.sessionServerBaseUrl}/v2/store/get`,
      data: { key: key.publicKey, namespace },
      headers,
    })
    if (!message) throw new SessionOver()
    const data = JSON.parse(await key.open(message)) as T & { error?: unknown }
    if (data?.error) throw new Error('There was an error decrypting data.')
    return data
  }

  /** Nothing to do: an entry ends by itself. */
  clearStorage(_key: Hex): void {}

  /** Nothing to do: an entry ends by itself. */
  clearOrphanedData(_baseKey = ''): void {}

  /** The public key of a session id: 130 digits. */
  getStorageKey(keyHex: Hex): string {
    return publicKeyAtOnce(keyHex)
  }
}
