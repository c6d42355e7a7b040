// What a page keeps under a key, in IndexedDB unless another storage is named.

export function keptIn(page, storage, key) {
  return page.evaluate(kept, [storage, key])
}

export function keepIn(page, storage, key, text) {
  return page.evaluate(kept, [storage, key, text])
}

async function kept([storage, key, text]) {
  if (storage === 'localStorage') {
    if (text !== undefined) localStorage.setItem(key, text)
    return localStorage.getItem(key)
  }
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const database = await done(indexedDB.open('tenure', 1))
  const store = database.transaction('sessions', 'readwrite').objectStore('sessions')
  if (text !== undefined) await done(store.put(text, key))
  const found = await done(store.get(key))
  database.close()
  return found ?? null
}
