/** The text of an answer; nothing where it is longer than any answer should be. */
export async function bounded({ body }: Response): Promise<string> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let length = 0; length <= LONGEST_BODY;) {
    const part = await reader?.read()
    if (!part?.value) return text + decoder.decode()
    length += part.value.byteLength
    text += decoder.decode(part.value, { stream: true })
  }
  await reader?.cancel()
  return ''
}

const LONGEST_BODY = 1024 * 1024
